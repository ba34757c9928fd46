import { ADDRESSES, composed, lines, type MailDraft, written } from './sample-mail.ts';

const MEGABYTE = 1024 * 1024;

export const customerMails: readonly MailDraft[] = [
  composed({
    name: 'customer-invoice',
    hoursAgo: 1,
    expectedRoute: 'customer',
    snippetContains: 'the VAT number',
    mail: {
      from: 'Priya Nair <priya@lotus-tea.example>',
      to: ADDRESSES.support,
      subject: 'Question about our last invoice',
      text: 'Hi,\n\ncan you add the VAT number to invoice NW-0039? Our accountant will not take it without.\n\nPriya',
    },
  }),
  composed({
    name: 'customer-thread',
    hoursAgo: 6,
    expectedRoute: 'customer',
    snippetContains: 'That worked, thank you 🎉',
    mail: {
      from: '"Okafor, Chidi" <chidi@okafor-design.example>',
      to: `Support <${ADDRESSES.support}>`,
      cc: 'office@okafor-design.example',
      subject: 'Re: Question about the CSV export',
      inReplyTo: '<ticket-311@example.com>',
      text: 'That worked, thank you 🎉\n\n> Does the export open if you choose UTF-8?\n> Best, the support team',
      html: '<div>That worked, thank you 🎉</div><blockquote>Does the export open if you choose UTF-8?</blockquote>',
    },
  }),
  composed({
    name: 'customer-in-words-that-no-rule-knows',
    hoursAgo: 18.5,
    expectedRoute: 'unknown',
    snippetContains: 'nothing works any more',
    mail: {
      from: 'Walter <walter@pension-seeblick.example>',
      to: ADDRESSES.support,
      subject: 'Help!!!',
      text: 'Since this morning nothing works any more. Please call me.',
    },
  }),
  composed({
    name: 'customer-refund',
    hoursAgo: 34,
    expectedRoute: 'customer',
    snippetContains: 'charged twice',
    mail: {
      from: 'Grace Otieno <grace@otieno-print.example>',
      to: [{ name: 'Example Support', address: 'Support@Example.com' }],
      subject: 'Refund for order 5521, please',
      text: 'You charged twice for order 5521.',
    },
  }),
  composed({
    name: 'customer-html-in-base64',
    hoursAgo: 17,
    expectedRoute: 'customer',
    snippetContains: 'thirty pupils & two teachers',
    mail: {
      from: 'Rosa Delgado <rosa@escuela-norte.example>',
      to: ADDRESSES.support,
      subject: 'Question about prices for schools',
      html: '<p>Buenos días,</p><p>what would it cost for thirty pupils &amp; two teachers?</p>',
      textEncoding: 'base64',
    },
  }),
  written({
    name: 'customer-broken-soft-breaks',
    hoursAgo: 13,
    expectedRoute: 'customer',
    shownSubject: 'Cannot log in since the update',
    snippetContains: 'order. It says "Error 17".',
    header: [
      'From: Luc Moreau <luc@cafe-moreau.example>',
      `To: ${ADDRESSES.support}`,
      'Subject: Cannot log in since the update',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
    ],
    // White space after a soft break, and an encoded character cut at the end of the text.
    body: 'Since yesterday the app closes as =  \r\nsoon as I open a caf=C3=A9 =\t\r\norder. It says =22E=\r\nrror 17=22.\r\nLuc=\r\n =C3=',
  }),
  written({
    name: 'customer-attachment-before-text',
    hoursAgo: 8,
    expectedRoute: 'customer',
    shownSubject: 'Question about an import that stops (file attached)',
    snippetContains: 'the import stops at row 8,000',
    header: [
      'From: Tomasz Zielinski <tomasz@zielinski.example>',
      `To: ${ADDRESSES.support}`,
      'Subject: Question about an import that stops (file attached)',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="attachment-first"',
    ],
    body: lines(
      'This is a multi-part message in MIME format.',
      '--attachment-first',
      'Content-Type: text/csv; name="orders.csv"',
      'Content-Disposition: attachment; filename="orders.csv"',
      'Content-Transfer-Encoding: base64',
      '',
      base64Lines(Buffer.alloc(2 * MEGABYTE, '2026-01-05;order;129.00;paid\n')),
      '--attachment-first',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Good morning,',
      'the import stops at row 8,000 and names no reason. The file is attached.',
      'Tomasz',
      '--attachment-first--',
    ),
  }),
];

function base64Lines(content: Buffer): string {
  return content.toString('base64').replaceAll(/.{76}/g, '$&\r\n').trimEnd();
}
