import { describe, expect, it } from 'vitest';
import { composeDigest } from '../../../functions/core/digest/digest.ts';
import type { DigestFacts } from '../../../functions/core/digest/facts.ts';
import { digestMailOf } from '../../../functions/core/digest/view/digest-mail.ts';
import type { AuditReport } from '../../../functions/core/records/audit-report.ts';
import { AUDIT, entryOf, factsOf, hoursAgo, MISSING_ACCESS, mailboxFacts } from './digest-fixtures.ts';

const mailOf = (facts: DigestFacts) => digestMailOf(composeDigest(facts), 'Europe/Berlin');

const audited = (changes: Partial<AuditReport>) =>
  factsOf({ mailboxes: [mailboxFacts({ history: { lastAudit: { ...AUDIT, ...changes } } })] });

describe('a difference between mailbox and ledger', () => {
  it.each<[string, DigestFacts, string]>([
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
    expect(text).toContain(`1 item needs attention`);
    expect(text).toContain(`! ${title}`);
  });

  it('is named in the subject whatever else needs a person', () => {
    const dead = entryOf({ state: 'dead', lastFailure: MISSING_ACCESS });
    const facts = factsOf({
      openAlerts: [dead],
      mailboxes: [
        ...audited({ accounted: 1201 }).mailboxes,
        mailboxFacts({ mailbox: 'sales/INBOX', health: undefined }),
      ],
    });
    expect(mailOf(facts).subject).toBe(
      'Rollcall: ⚠ 1 alert undelivered for 5 hours (vip: Missing Access) · support/INBOX holds 1,204 emails, the last audit accounts for 1,201 · 1 more',
    );
  });

  it('of an audit is told until the next one, with the command that runs it', () => {
    const facts = audited({ accounted: 1201, left: 3, at: hoursAgo(30) });
    const { text } = mailOf(facts);
    expect(text).toContain('It left 3 emails to the next audit, because its time was over.');
    expect(text).toContain(`--payload '{"mailbox":"support/INBOX"}' /dev/stdout`);
  });

  it('is none where an audit accounts for everything, brought back or not', () => {
    expect(composeDigest(audited({})).attention).toEqual([]);
    const { attention } = composeDigest(audited({ accounted: 1203, recovered: 1, at: hoursAgo(30) }));
    expect(attention).toEqual([]);
  });
});
