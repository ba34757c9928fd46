import { renderToString } from 'preact-render-to-string';
import { Counts } from './html-counts.tsx';
import { Attention, Group } from './html-emails.tsx';
import type { DigestPage, SummaryView } from './page.ts';
import { STYLE_SHEET, style } from './style.ts';

/** A digest as HTML for mail clients. All text goes through preact, which escapes it; no remote content is loaded. */
export function digestHtml(page: DigestPage): string {
  return `<!doctype html>${renderToString(<DigestDocument page={page} />)}`;
}

function DigestDocument({ page }: { page: DigestPage }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{page.subject}</title>
        <style>{STYLE_SHEET}</style>
      </head>
      <body class="paper" style={style.body}>
        <table role="presentation" width="100%" cellPadding="0" cellSpacing="0" class="paper">
          <tr>
            <td align="center" style={style.padding}>
              <table role="presentation" cellPadding="0" cellSpacing="0" class="ink" style={style.column}>
                <tr>
                  <td>
                    <Parts page={page} />
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>
  );
}

function Parts({ page: { headline, dateline, attention, unknown, summary } }: { page: DigestPage }) {
  const alarming = attention.length > 0;
  return (
    <>
      <h1 class={alarming ? 'alarm' : 'ink'} style={alarming ? style.alarmingHeadline : style.headline}>
        {headline}
      </h1>
      <p class="quiet" style={style.dateline}>
        {dateline}
      </p>
      <Attention items={attention} />
      <Section title="Unknown email" />
      {unknown.notes.map((note) => (
        <p class="quiet" style={style.note}>
          {note}
        </p>
      ))}
      {unknown.groups.map((group) => (
        <Group group={group} />
      ))}
      {summary && <SummaryParts summary={summary} />}
    </>
  );
}

function SummaryParts({ summary: { accounts, health } }: { summary: SummaryView }) {
  return (
    <>
      <Section title="Emails received" />
      <Counts accounts={accounts} />
      <Section title="Health" />
      {health.map(({ mailbox, facts }) => (
        <div style={style.mailbox}>
          {mailbox}
          {facts.map((fact) => (
            <div class="soft" style={style.fact}>
              {fact}
            </div>
          ))}
        </div>
      ))}
    </>
  );
}

function Section({ title }: { title: string }) {
  return (
    <h2 class="ink hairline" style={style.section}>
      {title}
    </h2>
  );
}
