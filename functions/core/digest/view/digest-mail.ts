import type { Digest } from '../digest.ts';
import type { DigestMail } from '../mailer.ts';
import { jsonLineOf } from '../pending-email.ts';
import { digestHtml } from './html.tsx';
import { ATTACHMENT_NAME, pageOf } from './page.ts';
import { digestText } from './text.ts';

/**
 * The email that carries a digest: as text and as HTML, with all unknown email as JSONL if the listing had to be cut.
 */
export function digestMailOf(digest: Digest, timeZone: string): DigestMail {
  const page = pageOf(digest, timeZone);
  const { carried, listed } = digest.unknown;
  const attachment = {
    fileName: ATTACHMENT_NAME,
    contentType: 'application/jsonl',
    content: carried.map(jsonLineOf).join(''),
  };
  return {
    subject: page.subject,
    text: digestText(page),
    html: digestHtml(page),
    attachments: listed < carried.length ? [attachment] : [],
  };
}
