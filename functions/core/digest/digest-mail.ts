import type { DigestMail } from '../ports.ts';
import type { Digest } from './digest.ts';
import { digestHtml } from './digest-html.tsx';
import { ATTACHMENT_NAME, pageOf } from './digest-page.ts';
import { digestText } from './digest-text.ts';
import { jsonLineOf } from './pending-mail.ts';

/** The mail that carries a digest: two twins of it, and all unknown mail as JSONL where the listing had to be cut. */
export function digestMailOf(digest: Digest, timeZone: string): DigestMail {
  const page = pageOf(digest, timeZone);
  const { carried, shown } = digest.unknown;
  const attachment = {
    fileName: ATTACHMENT_NAME,
    contentType: 'application/jsonl',
    content: carried.map(jsonLineOf).join(''),
  };
  return {
    subject: page.subject,
    text: digestText(page),
    html: digestHtml(page),
    attachments: shown < carried.length ? [attachment] : [],
  };
}
