import { describe, expect, it } from 'vitest';
import { emailView } from '../../../functions/core/digest/view/email-view.ts';
import { embedOf } from '../../../functions/core/discord/alert-embed.ts';
import { senderDomainOf } from '../../../functions/core/mail/address-text.ts';
import { recordOf } from '../../../functions/core/mail/mail.ts';
import { queueMessageOf } from '../../../functions/core/records/alert.ts';
import { growthOf, linearGrowth } from '../../cpu-time.ts';
import { mailOf } from './mail-of.ts';
import { readSource } from './raw-mail-of.ts';

const shown = (value: string) => recordOf(readSource([`From: ${value}`, '', ''])).from;
const MALLORY = 'mallory@evil.example';
const LONG_LOCAL_PART = 'm'.repeat(64);

describe('the sender, as it is shown', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['Ada Lovelace <ada@example.com>', 'Ada Lovelace <ada@example.com>'],
    ['"Lovelace, Ada" <ada@example.com>', 'Lovelace, Ada <ada@example.com>'],
    ['"ada@example.com" <Ada@Example.com>', 'Ada@Example.com'],
    ['"Ada (ada@example.com)" <ada@example.com>', 'Ada (ada@example.com) <ada@example.com>'],
    ['"Ada @work" <ada@example.com>', 'Ada @work <ada@example.com>'],
    ['Ada <ada@example.com>, bob@example.com', 'Ada <ada@example.com>, bob@example.com'],
    ['undisclosed-recipients:;', 'undisclosed-recipients'],
    [`"billing@stripe.com" <${MALLORY}>`, `"billing@stripe.com" (not the address) <${MALLORY}>`],
    [`"Stripe <billing@stripe.com>" <${MALLORY}>`, `"Stripe billing@stripe.com" (not the address) <${MALLORY}>`],
    [`"billing @ stripe . com" <${MALLORY}>`, `"billing @ stripe . com" (not the address) <${MALLORY}>`],
    [`=?utf-8?Q?billing=EF=BC=A0stripe.com?= <${MALLORY}>`, `"billing＠stripe.com" (not the address) <${MALLORY}>`],
    ['"ada@stripe.com" <a@stripe.co>', '"ada@stripe.com" (not the address) <a@stripe.co>'],
    ['=?utf-8?Q?Board_=3Cboard=40example.com=3E?=', '"Board board@example.com" (not an address)'],
    [`board@example.com ${MALLORY}`, `"board@example.com ${MALLORY}" (not an address)`],
    [`"A \\" B" <${MALLORY}>`, `A B <${MALLORY}>`],
    [`${'Ada '.repeat(100)}<${MALLORY}>`, `${'Ada '.repeat(15).slice(0, 59)}… <${MALLORY}>`],
    ['', ''],
  ])('%s', (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it('is the address in the post and in the digest, whatever its name is', () => {
    const name = `Stripe Billing <billing@stripe.com> ${'. '.repeat(300)}`;
    for (const [value, domain] of [
      [`"${name}" <${MALLORY}>`, 'evil.example'],
      [`"${name}" <${LONG_LOCAL_PART}@evil.example>`, 'evil.example'],
      [`"${name}" <${LONG_LOCAL_PART}@${'mail.'.repeat(38)}evil.example>`, `${'mail.'.repeat(38)}evil.example`],
    ] as const) {
      const mail = readSource([`From: ${value}`, '', '']);
      const record = recordOf(mail);
      const { mailId, location } = mail;
      const entry = { mailId, location, route: 'r', rule: 'r', reason: null, record, acceptedAt: new Date() };
      expect(record.from).toContain(`@${domain}>`);
      expect(senderDomainOf(record)).toBe(domain);
      expect(embedOf(queueMessageOf(entry), undefined).author?.name).toMatch(/evil\.example>$/);
      expect(emailView(record, String).from).toMatch(/evil\.example>$/);
    }
  });

  it('is never cut within an address, and says how many more there are', () => {
    const from = Array.from({ length: 40 }, (_, index) => ({ name: 'Ada', address: `ada${index}@mail.example.com` }));
    const record = recordOf(mailOf(1, '1', { from, to: from }));
    expect(record.from).toMatch(/^Ada <ada0@mail\.example\.com>, (Ada <ada\d+@mail\.example\.com>, )+… \d+ more$/);
    expect(record.from.length).toBeLessThanOrEqual(500);
    expect(record.to).toBe(record.from);
    expect(senderDomainOf(record)).toBe('mail.example.com');
  });

  it('costs a time that grows with its length and no faster', () => {
    for (const piece of ['@', '@a', '@ ', 'a@b.example ', '"<', '..', 'a ']) {
      const mails = (times: number) =>
        mailOf(1, '1', { from: [{ name: piece.repeat(times * 2_000), address: MALLORY }] });
      expect(growthOf(mails, recordOf)).toBeLessThan(linearGrowth());
    }
  });
});

describe("the sender's domain", () => {
  it.each([
    ['ada@Example.com', 'example.com'],
    ['Ada <ada@example.com>', 'example.com'],
    ['Ada <ada@example.com>, bob@example.org', 'example.org'],
    ['Ada <ada@example.com>, … 3 more', 'example.com'],
    [`"billing@stripe.com" (not the address) <${MALLORY}>`, 'evil.example'],
    ['"a b"@example.com', 'example.com'],
    ['"x@stripe.com"@evil.example', 'evil.example'],
    ['ada@例え.example', '例え.example'],
    ['"Board board@example.com" (not an address)', ''],
    ['Board', ''],
    ['', ''],
  ])('of %s is "%s"', (from, domain) => {
    expect(senderDomainOf({ from })).toBe(domain);
  });
});
