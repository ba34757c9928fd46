import type { MailTold } from './digest-mail-told.ts';
import type { NeedTold } from './digest-need-told.ts';
import type { DigestPage } from './digest-page.ts';
import { style } from './digest-style.ts';

/** One thing that needs a person, with the mails that it holds up. */
export function Need({ need: { title, details, mails, quotes, more } }: { need: NeedTold }) {
  return (
    <div class="need" style={style.need}>
      <h2 class="ink" style={style.needTitle}>
        {title}
      </h2>
      {details.map((detail) => (
        <p style={style.detail}>{detail}</p>
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
    </div>
  );
}

/** Unknown mail of one sender's domain. */
export function Group({ group: { domain, mails, more } }: { group: DigestPage['unknown']['groups'][number] }) {
  return (
    <>
      <h3 style={style.domain} dir="auto">
        {domain}
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
        <a class="subject" style={style.subject} href={link} rel="noreferrer">
          {subject}
        </a>
      ) : (
        subject
      )}
      <div class="quiet" style={style.quiet}>
        <span style={style.date}>{date}</span> · {from}
        {snippet && (
          <>
            <br />
            {snippet}
          </>
        )}
        {note && (
          <>
            <br />
            {note}
          </>
        )}
      </div>
    </div>
  );
}

function More({ more }: { more: string | undefined }) {
  if (!more) return null;
  return (
    <p class="quiet" style={style.note}>
      {more}
    </p>
  );
}
