/**
 * How the HTML digest looks. Inline styles carry the light look, since many mail clients drop style sheets; the style
 * sheet adds dark mode for those that keep it (Apple Mail, Thunderbird, Outlook, iOS). Nothing here loads anything.
 */

const FONT = "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const MONOSPACE = 'ui-monospace,Menlo,Consolas,monospace';

const INK = '#1c1e21';
const QUIET = '#67707b';
const HAIRLINE = '#e4e7eb';
const PAPER = '#ffffff';
const ALARM = '#b3300b';

/** Inline styles; each has a class of the same name below where dark mode needs one. */
export const style = {
  body: `margin:0;padding:0;background:${PAPER};color:${INK}`,
  column: `width:100%;max-width:600px;font:15px/1.45 ${FONT};color:${INK};text-align:left;overflow-wrap:anywhere`,
  padding: 'padding:28px 20px 36px',
  headline: 'margin:0;font-size:24px;line-height:1.25;font-weight:650;letter-spacing:-.01em',
  alarmingHeadline: `margin:0;font-size:24px;line-height:1.25;font-weight:650;letter-spacing:-.01em;color:${ALARM}`,
  dateline: `margin:4px 0 0;font-size:13px;color:${QUIET}`,
  need: `margin:20px 0 0;padding:1px 0 1px 14px;border-left:3px solid ${ALARM}`,
  needTitle: 'margin:0;font-size:16px;line-height:1.35;font-weight:650',
  detail: 'margin:4px 0 0',
  quote: `margin:6px 0 0;font:12px/1.5 ${MONOSPACE};color:${QUIET}`,
  section: `margin:36px 0 0;padding:0 0 6px;border-bottom:1px solid ${HAIRLINE};font-size:13px;font-weight:650;color:${QUIET}`,
  note: `margin:8px 0 0;font-size:13px;color:${QUIET}`,
  alarmingNote: `margin:8px 0 0;font-size:13px;font-weight:650;color:${ALARM}`,
  domain: 'margin:22px 0 0;font-size:15px;font-weight:650',
  mail: 'margin:10px 0 0',
  mark: `font-size:12px;font-weight:650;color:${ALARM}`,
  subject: `color:${INK}`,
  date: 'white-space:nowrap',
  quiet: `font-size:13px;color:${QUIET}`,
  table: 'width:100%;margin:8px 0 0;border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums',
  head: `width:14%;padding:4px 0 4px 6px;white-space:nowrap;overflow-wrap:normal;font-size:12px;font-weight:400;color:${QUIET};text-align:right`,
  name: 'padding:4px 0;font-weight:400;text-align:left',
  figure: 'padding:4px 0 4px 6px;white-space:nowrap;text-align:right',
  none: 'padding:4px 0 4px 6px;white-space:nowrap;text-align:right;color:#aab1b9',
  alarm: `padding:4px 0 4px 6px;white-space:nowrap;text-align:right;font-weight:650;color:${ALARM}`,
  total: `border-top:1px solid ${HAIRLINE};font-weight:650`,
} as const;

export const STYLE_SHEET = [
  ':root{color-scheme:light dark;supported-color-schemes:light dark}',
  'body{-webkit-text-size-adjust:100%}',
  '.subject{text-decoration-color:#b9c0c8;text-underline-offset:3px}',
  '@media (prefers-color-scheme:dark){',
  '.paper{background:#17191c !important;color:#e3e5e8 !important}',
  '.ink{color:#e3e5e8 !important}',
  '.quiet{color:#98a1ac !important}',
  '.none{color:#545c66 !important}',
  '.hairline{border-color:#2f343a !important}',
  '.subject{color:#e3e5e8 !important;text-decoration-color:#59626d !important}',
  '.alarm{color:#ff8e66 !important}',
  '.need{border-color:#ff8e66 !important}',
  '}',
].join('');
