import type { AttentionView } from '../attention/attention-kind.ts';
import type { EmailView } from './email-view.ts';
import type { DigestPage } from './page.ts';
import { style } from './style.ts';

/** What needs attention, in a table: Outlook ignores the padding of other elements. */
export function Attention({ items }: { items: readonly AttentionView[] }) {
  if (items.length === 0) return null;
  return (
    <table role="presentation" cellPadding="0" cellSpacing="0" style={style.needs}>
      {items.map((item) => (
        <Item item={item} />
      ))}
    </table>
  );
}

/** One attention item, with the emails that it holds up. */
function Item({ item: { title, details, emails, quotes, more } }: { item: AttentionView }) {
  return (
    <>
      <tr>
        <td style={style.gap}>&nbsp;</td>
      </tr>
      <tr>
        <td class="need" style={style.need}>
          <h2 class="ink" style={style.needTitle}>
            {title}
          </h2>
          {details.map((detail) => (
            <p class="soft" style={style.detail}>
              {detail}
            </p>
          ))}
          {emails.map((email) => (
            <Email email={email} />
          ))}
          {quotes.map((quote) => (
            <p class="quiet" style={style.quote} dir="auto">
              {quote}
            </p>
          ))}
          <More more={more} />
        </td>
      </tr>
    </>
  );
}

/** Unknown email from one sender domain. */
export function Group({ group: { domain, count, emails, more } }: { group: DigestPage['unknown']['groups'][number] }) {
  return (
    <>
      <h3 class="quiet" style={style.domain} dir="auto">
        {domain}
        {count && <span style={style.count}> · {count}</span>}
      </h3>
      {emails.map((email) => (
        <Email email={email} />
      ))}
      <More more={more} />
    </>
  );
}

function Email({ email: { subject, link, from, date, snippet, note, mark } }: { email: EmailView }) {
  return (
    <div style={style.mail} dir="auto">
      {mark && (
        <div class="alarm" style={style.mark} dir="ltr">
          {mark}
        </div>
      )}
      {link ? (
        <a style={style.subject} href={link} rel="noreferrer">
          {subject}
        </a>
      ) : (
        <span class="ink" style={style.subject}>
          {subject}
        </span>
      )}
      <div class="quiet" style={style.about}>
        {from} · {unbroken(date)}
        {note && ` · ${note}`}
      </div>
      {snippet && (
        <div class="soft" style={style.snippet}>
          {snippet}
        </div>
      )}
    </div>
  );
}

/** Prevents line breaks in the text on a narrow screen. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00A0');
}

function More({ more }: { more: string | undefined }) {
  if (!more) return null;
  return (
    <p class="quiet" style={style.note}>
      {more}
    </p>
  );
}
