import { describe, expect, it } from 'vitest';
import type { AuditReport } from '../../../functions/core/audit/audit-report.ts';
import { composeDigest } from '../../../functions/core/digest/digest.ts';
import type { DigestFacts } from '../../../functions/core/digest/digest-facts.ts';
import { digestMailOf } from '../../../functions/core/digest/digest-mail.ts';
import type { MailboxHealth } from '../../../functions/core/poll/watermark.ts';
import {
  AUDIT,
  entryOf,
  factsOf,
  hoursAgo,
  linesOf,
  MISSING_ACCESS,
  mailboxFacts,
  WATERMARK,
} from './digest-fixtures.ts';

const mailOf = (facts: DigestFacts) => digestMailOf(composeDigest(facts), 'Europe/Berlin');

const counting = (seen: number) =>
  factsOf({ mailboxes: [mailboxFacts({ lines: linesOf(2, 'vip', 'settled'), seen: new Map([['vip', seen]]) })] });

const audited = (changes: Partial<AuditReport>) =>
  factsOf({ mailboxes: [mailboxFacts({ history: { lastAudit: { ...AUDIT, ...changes } } })] });

describe('a difference between mailbox, ledger and totals', () => {
  it.each<[string, DigestFacts, string]>([
    ['polls have counted more than there is', counting(3), '1 of 3 emails unaccounted for'],
    ['there is more than polls have counted', counting(1), '1 email in the ledger that no poll has counted'],
    [
      'time did not suffice for the mailbox',
      audited({ accounted: 1201, left: 3 }),
      'support/INBOX holds 1,204 emails, the last audit accounts for 1,201',
    ],
    [
      'the audit accounts for more than it found',
      audited({ accounted: 1204, recovered: 1, at: hoursAgo(25) }),
      'support/INBOX holds 1,204 emails, the last audit accounts for 1,205',
    ],
    [
      'time did not suffice for open mail',
      audited({ left: 2 }),
      'support/INBOX: the last audit left 2 open emails unexamined',
    ],
  ])('needs a person, and is in the subject, where %s', (_, facts, title) => {
    const { subject, text } = mailOf(facts);
    expect(subject).toBe(`Rollcall: ⚠ ${title}`);
    expect(text).toContain(`1 thing needs you`);
    expect(text).toContain(`! ${title}`);
  });

  it('is named in the subject whatever else needs a person', () => {
    const dead = entryOf({ state: 'dead', lastFailure: MISSING_ACCESS });
    const [mailbox] = counting(3).mailboxes;
    const facts = factsOf({
      openAlerts: [dead],
      mailboxes: [...(mailbox ? [mailbox] : []), mailboxFacts({ mailbox: 'sales/INBOX', health: undefined })],
    });
    expect(mailOf(facts).subject).toBe(
      'Rollcall: ⚠ 1 alert undelivered for 5 hours (vip: Missing Access) · 1 of 3 emails unaccounted for · 1 more',
    );
  });

  it('names the mailboxes that were renumbered since the last digest, since that may explain it', () => {
    const lines = linesOf(2, 'vip', 'settled');
    const differing = (mailbox: string, history: Partial<MailboxHealth>) =>
      mailboxFacts({
        mailbox,
        lines,
        seen: new Map([['vip', 3]]),
        history: { digestWatermark: WATERMARK, ...history },
      });
    const restarted = { watermark: { ...WATERMARK, uidValidity: '8', baselineAt: hoursAgo(3) } };
    const recovery = { uidValidity: '8', fromUid: 1, at: hoursAgo(2) };
    const longAgo = { ...recovery, at: hoursAgo(50) };
    const mailboxes = [
      differing('a/INBOX', { recovery: longAgo }),
      differing('b/INBOX', restarted),
      differing('c/INBOX', { recovery }),
    ];
    expect(mailOf(factsOf({ mailboxes })).text).toContain('Renumbered since the last digest: b/INBOX, c/INBOX.');
    expect(mailOf(factsOf({ mailboxes: mailboxes.slice(0, 1) })).text).not.toContain('Renumbered');
  });

  it('of an audit is told until the next one, with the command that runs it', () => {
    const facts = audited({ accounted: 1201, left: 3, at: hoursAgo(30) });
    const { text } = mailOf(facts);
    expect(text).toContain('It left 3 emails to the next audit, because its time was over.');
    expect(text).toContain(`--payload '{"mailbox":"support/INBOX"}' /dev/stdout`);
  });

  it('is none where an audit accounts for everything, brought back or not', () => {
    expect(composeDigest(audited({})).needs).toEqual([]);
    const { needs } = composeDigest(audited({ accounted: 1203, recovered: 1, at: hoursAgo(30) }));
    expect(needs).toEqual([]);
  });
});
