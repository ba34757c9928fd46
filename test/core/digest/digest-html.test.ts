import { describe, expect, it } from 'vitest';
import { composeDigest } from '../../../functions/core/digest/digest.ts';
import type { DigestFacts } from '../../../functions/core/digest/facts.ts';
import { digestMailOf } from '../../../functions/core/digest/view/digest-mail.ts';
import { unauthenticatedSender } from '../../../functions/core/rules/unauthenticated-sender.ts';
import {
  AUDIT,
  acceptedEntries,
  entryOf,
  factsOf,
  hoursAgo,
  MISSING_ACCESS,
  mailboxFacts,
  RESTART,
  spoolLine,
  WATERMARK,
} from './digest-fixtures.ts';
import { digestSaying } from './digest-saying.ts';

const mailOf = (facts: DigestFacts) => digestMailOf(composeDigest(facts), 'Europe/Berlin');

/** Without the headings of senders' domains: how many there are depends on what the text holds. */
const tagsOf = (html: string) => html.replaceAll(/<h3[^>]*>.*?<\/h3>/g, '').match(/<[^>]*>/g);

/** The text of an HTML document as a reader sees it. */
const readableTextOf = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/, '')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

describe('mail text in the HTML digest', () => {
  it.each([
    '<script>alert(1)</script>',
    '</p></div></td></table><img src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '</style><style>*{display:none}</style>',
    '</title><base href=//evil.example>',
    '<!-- <![CDATA[',
    '&lt;b&gt; &#60;script&#62; &amp;',
    '{{constructor}} <%= 7 %>',
    '<meta http-equiv=refresh content=0;url=//evil.example>',
    'javascript:alert(1)',
    '<\u0000script\u200B>alert(1)</script>',
  ])('stays text: %j', (text) => {
    const { html } = digestSaying(text);
    expect(tagsOf(html)).toEqual(tagsOf(digestSaying('harmless').html));
    const shown = text.replaceAll(/[\p{Cc}\u200B]/gu, '');
    expect(readableTextOf(html).split(shown).length - 1).toBeGreaterThanOrEqual(20);
  });

  it('stays on its line and in its direction, in HTML and in text', () => {
    const { html, text } = digestSaying('one\r\ntwo\u202Ethree\u2067\u0007');
    for (const twin of [html, text]) {
      expect(twin).toContain('one twothree');
      expect(twin).not.toMatch(/[\u202A-\u202E\u2066-\u2069]|(?!\n)\p{Cc}/u);
    }
  });

  it('is cut where it is long, and never between the halves of an emoji', () => {
    const { html } = mailOf(
      factsOf({ carried: [spoolLine({ subject: '😀'.repeat(500), snippet: 'x'.repeat(5000) })] }),
    );
    expect(html).toContain(`>${'😀'.repeat(74)}…<`);
    expect(html).toContain(`${'x'.repeat(239)}…`);
  });

  it.each([
    ['https://mail.google.com/mail/u/#search/x', 'https://mail.google.com/mail/u/#search/x'],
    ['message:%3C1%40example.com%3E', 'message:%3C1%40example.com%3E'],
    ['https://a.example/"><script>', 'https://a.example/%22%3E%3Cscript%3E'],
    ['javascript:alert(1)', undefined],
    [' java\nscript:alert(1)', undefined],
    ['data:text/html,<script>', undefined],
    ['no link', undefined],
    [null, undefined],
  ])('links to %j as %j', (link, href) => {
    const { html, text } = mailOf(factsOf({ carried: [spoolLine({ link })] }));
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, target]) => target);
    expect(links).toEqual(href ? [href] : []);
    if (href) expect(text).toContain(href);
  });
});

describe('mail whose sender may be forged', () => {
  const doubtful = spoolLine({
    reason: unauthenticatedSender('payments', 'dmarc=fail by mx.example.com'),
    mailId: 'forged',
  });

  it('is marked at each mail, with the reason, also where that is the common one', () => {
    for (const carried of [[doubtful], [doubtful, spoolLine(), spoolLine({ mailId: 'mail-2' })]]) {
      const { html, text } = mailOf(factsOf({ carried }));
      const shown = readableTextOf(html);
      expect(shown.split('sender not authenticated')).toHaveLength(2);
      expect(text.split('- [SENDER NOT AUTHENTICATED] A question')).toHaveLength(2);
      for (const twin of [shown, text])
        expect(twin).toContain('not authenticated: rule "payments" matched, but dmarc=fail by mx.example.com');
    }
  });

  it('is the only mail that is marked, whatever a sender writes', () => {
    const { html, text } = digestSaying('rule matched, but not authenticated: dmarc=fail');
    expect(readableTextOf(html)).not.toContain('sender not authenticated');
    expect(text).not.toContain('[SENDER');
  });
});

describe('the HTML digest', () => {
  it('loads nothing: no image, style sheet, font, frame or script', () => {
    const { html } = digestSaying('harmless');
    expect(html).not.toMatch(
      /<(img|link|script|iframe|object|video|audio|base|form)\b|@import|url\(|\ssrc=|background=/i,
    );
  });

  it('is made for light and dark', () => {
    const { html } = mailOf(factsOf());
    expect(html).toContain('<meta name="color-scheme" content="light dark"');
    expect(html).toContain('prefers-color-scheme:dark');
  });

  it('keeps its order: what needs a person, unknown mail, counts, health; as does its plain twin', () => {
    const { html, text } = mailOf(
      factsOf({
        openAlerts: [entryOf({ state: 'dead', lastFailure: MISSING_ACCESS })],
        carried: [spoolLine({ subject: 'Unknown subject' })],
        accepted: acceptedEntries(2, 'vip', 'settled'),
      }),
    );
    for (const twin of [readableTextOf(html), text]) {
      const places = [
        '1 item needs attention',
        '1 alert for vip undelivered for 5 hours: Missing Access',
        'Give the bot access to the channel.',
        'Board meeting',
        'example.com',
        'Unknown subject',
        '2 emails received = 2 delivered + 0 undelivered + 0 unknown.',
        'support/INBOX',
        '96 polls, none failed.',
        'nothing left to read',
      ].map((words) => twin.indexOf(words));
      expect(places).not.toContain(-1);
      expect(places).toEqual(places.toSorted((one, other) => one - other));
    }
  });

  it('counts in columns, with a dash for none', () => {
    const { html } = mailOf(factsOf({ accepted: acceptedEntries(2, 'vip', 'settled') }));
    const row = readableTextOf(html).match(/vip22––––/);
    expect(row, readableTextOf(html)).not.toBeNull();
  });

  it('comes when there is nothing to say, and says how that is known', () => {
    const { html, text } = mailOf(factsOf());
    for (const twin of [readableTextOf(html), text]) {
      expect(twin).toContain('Nothing new');
      expect(twin).toContain('nothing needs attention');
      expect(twin).toContain('96 polls, none failed. 0 emails received.');
    }
  });

  it('says which time it counts, and of which a digest has counted before', () => {
    const accepted = [
      ...acceptedEntries(2, 'vip', 'settled'),
      ...acceptedEntries(1, 'stripe', 'dispatched', { isRecovery: true }),
    ];
    const { html, text } = mailOf(factsOf({ accepted }));
    for (const twin of [readableTextOf(html), text]) {
      expect(twin).toContain('Emails received between Thu 19 Mar, 08:15 and Fri 20 Mar, 08:15; later ones are counted');
      expect(twin).toContain(
        '3 emails received = 2 delivered + 1 undelivered + 0 unknown. The audit recovered 1 of them.',
      );
    }
    const first = mailOf(factsOf({ previousDigestAt: undefined }));
    expect(first.text).toContain('Emails received until Fri 20 Mar, 08:15;');
  });

  it.each([
    [{}, '1,204 emails in the mailbox, all accounted for.'],
    [{ accounted: 1201, recovered: 2, left: 1 }, '1,201 accounted for, 2 recovered, 1 left to the next audit.'],
    [
      { staleAlerts: 1, staleUnknown: 2 },
      'all accounted for. 3 emails had waited too long and were sent again where possible.',
    ],
  ])('tells what the last audit found: %j', (changes, told) => {
    const { text } = mailOf(
      factsOf({ mailboxes: [mailboxFacts({ history: { lastAudit: { ...AUDIT, ...changes } } })] }),
    );
    expect(text).toContain('support/INBOX: last audit Fri 20 Mar, 06:30: 1,204 emails in the mailbox');
    expect(text).toContain(told);
  });

  it('names the mail that the audit brought back, and what has become of it', () => {
    const entry = entryOf({ mailId: 'vip-settled-0', state: 'settled' });
    const history = { lastAudit: { ...AUDIT, accounted: 1192, recovered: 12 } };
    const { subject, text, html } = mailOf(
      factsOf({
        mailboxes: [mailboxFacts({ history })],
        accepted: acceptedEntries(1, 'vip', 'settled', { isRecovery: true }),
        recovered: [entry],
      }),
    );
    expect(subject).toBe('Rollcall: ⚠ The audit recovered 12 emails of support/INBOX');
    for (const twin of [readableTextOf(html), text]) {
      expect(twin).toContain('Board meeting');
      expect(twin).toContain('support/INBOX, uid 1, vip: delivered since');
      expect(twin).toContain('and 11 more');
    }
  });

  it('reports once that the server renumbered a mailbox, and names failed polls and what is left to read', () => {
    const history = { watermark: { ...WATERMARK, restart: RESTART }, failedPollsSinceDigest: 2, uidNext: 104 };
    const mailboxes = [mailboxFacts({ history })];
    const { text } = mailOf(factsOf({ mailboxes }));
    expect(text).toContain('UIDVALIDITY was 3 and is 7 since Fri 20 Mar, 02:00');
    expect(text).toContain('96 polls, 2 failed.');
    expect(text).toContain('at most 3 emails left to read');
    const { window } = factsOf();
    for (const other of [
      { ...window, from: RESTART.at },
      { ...window, until: new Date(RESTART.at.getTime() - 1) },
    ]) {
      expect(mailOf(factsOf({ mailboxes, window: other })).text).not.toContain('UIDVALIDITY');
    }
    expect(mailOf(factsOf({ mailboxes, window: { ...window, until: RESTART.at } })).text).toContain('UIDVALIDITY');
  });

  it('reports every restart of its window, earlier ones too', () => {
    const renamed = { ...RESTART, reason: 'renamed', at: hoursAgo(9), mailbox: 'support/Old' } as const;
    const before = { ...renamed, at: hoursAgo(30), mailbox: 'support/Older' };
    const watermark = { ...WATERMARK, restart: RESTART, earlierRestarts: [before, renamed] };
    const { text } = mailOf(factsOf({ mailboxes: [mailboxFacts({ history: { watermark } })] }));
    expect(text).toContain('support/Old is support/INBOX since');
    expect(text).toContain('UIDVALIDITY was 3 and is 7');
    expect(text).not.toContain('support/Older');
  });

  it('says what nothing can tell any more once a mailbox is renumbered whose accounts begin with a day', () => {
    const watermark = { ...WATERMARK, restart: RESTART };
    const told = (accountedSince: Date | undefined) =>
      mailOf(
        factsOf({
          mailboxes: [mailboxFacts({ history: { watermark: { ...watermark, accountedSince } } })],
        }),
      ).text;
    const unwrapped = (text: string) => text.replaceAll(/\s+/g, ' ');
    expect(unwrapped(told(new Date('2026-03-01T08:00:00Z')))).toContain(
      'Email that arrived before Sun 1 Mar, 09:00 counts as older than accounting.',
    );
    expect(unwrapped(told(undefined))).not.toContain('older than accounting');
  });
});

describe('the listing of 500 unknown mails', () => {
  const carried = Array.from({ length: 500 }, (_, index) =>
    spoolLine({ mailId: `mail-${index}`, subject: `No. ${index}.` }),
  );

  it('shows 200 and has all 500 attached', () => {
    const { html, text, attachments } = mailOf(factsOf({ carried }));
    expect(html.match(/No\. \d+\./g)).toHaveLength(200);
    expect(text.match(/No\. \d+\./g)).toHaveLength(200);
    expect(text).toContain('200 of 500 emails listed; all of them are attached as unknown-mail.jsonl.');
    expect(attachments).toMatchObject([{ fileName: 'unknown-mail.jsonl' }]);
    const lines = attachments[0]?.content
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(500);
    expect(new Set(lines?.map(({ mailId }) => mailId)).size).toBe(500);
  });

  it('needs no attachment as long as all are shown', () => {
    expect(mailOf(factsOf({ carried: carried.slice(0, 200) })).attachments).toEqual([]);
  });
});
