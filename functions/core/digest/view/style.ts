/**
 * The appearance of the HTML digest. Inline styles set the light theme, since many mail clients drop style sheets; the
 * style sheet adds dark mode for clients that keep it (Apple Mail, Thunderbird, Outlook, iOS). No remote content is
 * loaded.
 *
 * Whatever repeats with every email is short: Gmail cuts a message off after 102 kB of HTML.
 */

const FONT = "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const MONOSPACE = 'ui-monospace,Menlo,Consolas,monospace';

const INK = '#1b1e23';
const SOFT = '#3f4650';
const QUIET = '#69727d';
const FAINT = '#b3bac2';
const HAIRLINE = '#e2e6ea';
const PAPER = '#ffffff';
const ALARM = '#b42a10';
const ALARM_PAPER = '#fdf4f1';

const CELL = 'padding:6px 0 6px 6px;text-align:right;white-space:nowrap';

/** Inline styles; classes of the same name below change them in dark mode. */
export const style = {
  body: `margin:0;padding:0;background:${PAPER};color:${INK}`,
  padding: 'padding:32px 20px 40px',
  column: `width:100%;max-width:600px;font-family:${FONT};font-size:15px;line-height:1.5;color:${INK};text-align:left;overflow-wrap:anywhere`,
  headline: 'margin:0;font-size:26px;line-height:1.25;font-weight:700;letter-spacing:-.01em',
  alarmingHeadline: `margin:0;font-size:26px;line-height:1.25;font-weight:700;letter-spacing:-.01em;color:${ALARM}`,
  dateline: `margin:6px 0 0;font-size:13px;color:${QUIET}`,
  needs: 'width:100%;margin:8px 0 0;border-collapse:collapse',
  gap: 'height:12px;font-size:0;line-height:0',
  need: `padding:14px 16px 16px;background:${ALARM_PAPER};border-left:3px solid ${ALARM}`,
  needTitle: 'margin:0;font-size:16px;line-height:1.35;font-weight:700',
  detail: `margin:6px 0 0;font-size:14px;color:${SOFT}`,
  quote: `margin:8px 0 0;font-family:${MONOSPACE};font-size:12px;line-height:1.5;color:${QUIET}`,
  section: `margin:40px 0 0;padding:0 0 8px;border-bottom:1px solid ${HAIRLINE};font-size:17px;line-height:1.3;font-weight:700`,
  note: `margin:10px 0 0;font-size:13px;color:${QUIET}`,
  alarmingNote: `margin:10px 0 0;font-size:13px;font-weight:700;color:${ALARM}`,
  domain: `margin:24px 0 0;font-size:13px;font-weight:700;color:${QUIET}`,
  count: 'font-weight:400',
  mail: 'margin:12px 0 0',
  mark: `font-size:12px;font-weight:700;color:${ALARM}`,
  subject: `font-weight:600;color:${INK}`,
  about: `font-size:13px;color:${QUIET}`,
  snippet: `font-size:14px;color:${SOFT}`,
  mailbox: 'margin:14px 0 0;font-weight:600',
  fact: `font-size:14px;font-weight:400;color:${SOFT}`,
  table: 'width:100%;margin:10px 0 0;border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums',
  head: `${CELL};font-size:11px;font-weight:400;overflow-wrap:normal;color:${QUIET}`,
  name: 'padding:6px 0;font-weight:400;text-align:left',
  figure: CELL,
  none: `${CELL};color:${FAINT}`,
  alarm: `${CELL};font-weight:700;color:${ALARM}`,
  row: `border-top:1px solid ${HAIRLINE}`,
  total: `border-top:1px solid ${QUIET};font-weight:700`,
} as const;

export const STYLE_SHEET = [
  ':root{color-scheme:light dark;supported-color-schemes:light dark}',
  'body{-webkit-text-size-adjust:100%}',
  'a{text-decoration-color:#b9c0c8;text-underline-offset:3px}',
  '@media (prefers-color-scheme:dark){',
  '.paper{background:#16181b !important;color:#e6e8eb !important}',
  '.ink,a{color:#e6e8eb !important}',
  '.soft{color:#c3c8cf !important}',
  '.quiet{color:#98a1ac !important}',
  '.none{color:#565e68 !important}',
  '.hairline{border-color:#31363d !important}',
  'a{text-decoration-color:#59626d !important}',
  '.alarm{color:#ff9270 !important}',
  '.need{background:#2a1d1a !important;border-color:#ff9270 !important}',
  '}',
].join('');
