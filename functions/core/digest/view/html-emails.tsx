import type { NeedTold } from '../attention/need-told.ts';
import type { MailTold } from './email-view.ts';
import type { DigestPage } from './page.ts';
import { style } from './style.ts';

/** What needs a person, in a table: Outlook knows no padding of other elements. */
export function Needs({ needs }: { needs: readonly NeedTold[] }) {
  if (needs.length === 0) return null;
  return (
    <table role="presentation" cellPadding="0" cellSpacing="0" style={style.needs}>
      {needs.map((need) => (
        <Need need={need} />
      ))}
    </table>
  );
}

/** One thing that needs a person, with the mails that it holds up. */
function Need({ need: { title, details, mails, quotes, more } }: { need: NeedTold }) {
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
          {mails.map((mail) => (
            <Mail mail={mail} />
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

/** Unknown mail of one sender's domain. */
export function Group({ group: { domain, count, mails, more } }: { group: DigestPage['unknown']['groups'][number] }) {
  return (
    <>
      <h3 class="quiet" style={style.domain} dir="auto">
        {domain}
        {count && <span style={style.count}> · {count}</span>}
      </h3>
      {mails.map((mail) => (
        <Mail mail={mail} />
      ))}
      <More more={more} />
    </>
  );
}

function Mail({ mail: { subject, link, from, date, snippet, note, mark } }: { mail: MailTold }) {
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

/** A line of a narrow screen does not end within it. */
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
