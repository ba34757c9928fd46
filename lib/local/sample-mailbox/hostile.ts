import { ADDRESSES, composed, lines, type MailDraft, written } from './sample-mail.ts';

const REFUSED = 'mx.example.com; dkim=none; spf=fail smtp.mailfrom=billing-alert.example; dmarc=fail';

/** Email that attacks its reader. */
export const hostileMails: readonly MailDraft[] = [
  composed({
    name: 'hostile-mention-and-markup',
    hoursAgo: 2.5,
    expectedRoute: 'customer',
    snippetContains: '@here',
    mail: {
      from: '"@everyone" <mallory@mischief.example>',
      to: ADDRESSES.support,
      subject: 'Refund @everyone **read** [this](https://mischief.example) <script>alert(1)</script> ||now||',
      text: '@here <@&81384788765712384> `code` ~~gone~~ # Heading\n```\n</textarea><script>alert(2)</script>',
    },
  }),
  composed({
    name: 'hostile-html',
    hoursAgo: 3.5,
    expectedRoute: 'unknown',
    snippetContains: 'Your parcel waits',
    mail: {
      from: 'Parcel <"><img src=x onerror=alert(1)>"@mischief.example>',
      to: ADDRESSES.team,
      subject: 'Parcel"><img src=x onerror=alert(1)> &lt;b&gt;',
      html: '<script>alert(1)</script><style>*{display:none}</style><p onclick="alert(2)">Your parcel waits</p>',
    },
  }),
  written({
    name: 'hostile-direction-override',
    hoursAgo: 4.5,
    expectedRoute: 'customer',
    // Drawn with the override, the name seems to end in "exe.pdf".
    shownSubject: 'Question about invoice_fdp.exe',
    snippetContains: 'Please open it',
    header: [
      'From: =?utf-8?q?=E2=80=AEelgooG=E2=80=AC?= <mallory@mischief.example>',
      `To: ${ADDRESSES.support}`,
      'Subject: =?utf-8?B?UXVlc3Rpb24gYWJvdXQgaW52b2ljZV/igK5mZHAuZXhl?=',
    ],
    body: lines('Please open it.'),
  }),
  written({
    name: 'hostile-stripe-lookalike',
    hoursAgo: 25,
    expectedRoute: 'unknown',
    shownSubject: 'Your payout was suspended',
    snippetContains: 'Confirm your account',
    header: [
      `Authentication-Results: ${REFUSED}`,
      'From: "notifications@stripe.com" <notifications@stripe.com.billing-alert.example>',
      `To: ${ADDRESSES.team}`,
      'Subject: Your payout was suspended',
    ],
    body: lines('Confirm your account within 24 hours: http://billing-alert.example/stripe.com'),
  }),
  written({
    name: 'hostile-line-break-in-subject',
    hoursAgo: 23,
    expectedRoute: 'unknown',
    shownSubject: 'Hello Bcc: victim@example.org X-Injected: yes',
    snippetContains: 'Nothing to see',
    header: [
      'From: mallory@mischief.example',
      `To: ${ADDRESSES.team}`,
      'Subject: =?utf-8?Q?Hello=0D=0ABcc:_victim@example.org=0D=0AX-Injected:_yes?=',
    ],
    body: lines('Nothing to see.'),
  }),
  written({
    name: 'hostile-forged-message-id',
    hoursAgo: 0.5,
    expectedRoute: 'unknown',
    shownSubject: 'Same id, another mail',
    snippetContains: 'taken from another mail',
    header: [
      'From: mallory@mischief.example',
      `To: ${ADDRESSES.team}`,
      'Subject: Same id, another mail',
      'Message-ID: <customer-invoice@mail.example>',
    ],
    body: lines('The Message-ID is taken from another mail, so that this one is thrown away as its copy.'),
    leaveOut: 'Message-ID',
  }),
];
