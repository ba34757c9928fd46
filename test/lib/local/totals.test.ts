import { beforeEach, describe, expect, it } from 'vitest';
import { auditMailbox } from '../../../functions/core/audit/audit.ts';
import type { DigestReport } from '../../../functions/core/digest/send-digest.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { summaryOf } from '../../../lib/local/summary.ts';
import { countTotals, isSettled } from '../../../lib/local/totals.ts';
import { mailOf } from '../../core/mail/mail-of.ts';
import { memoryWatermarks } from '../../fakes/memory-watermarks.ts';
import { polledMailbox, testWorld } from '../../test-world.ts';

const POLLED = polledMailbox();
const DIGEST: DigestReport = { subject: 'Rollcall: nothing new', messageId: 'digest', mailIds: [], text: '', html: '' };

function world() {
  const { services, mailbox } = testWorld();
  const sources = {
    mailboxes: [POLLED],
    readerOf: () => mailbox,
    watermarks: services.watermarks,
    ledger: services.ledger,
  };
  return {
    mailbox,
    ledger: services.ledger,
    clock: services.clock,
    poll: () => pollMailbox(POLLED, services, () => 300_000),
    audit: () => auditMailbox(POLLED, services, () => 600_000),
    totals: (digest: DigestReport | undefined = DIGEST) => countTotals(sources, services.journal.events, digest),
  };
}

let { mailbox, ledger, clock, poll, audit, totals } = world();
beforeEach(() => {
  ({ mailbox, ledger, clock, poll, audit, totals } = world());
});
const deliver = (subject: string, messageId?: string) =>
  mailbox.deliver(
    (uid, uidValidity) => mailOf(uid, uidValidity, { subject, ...(messageId ? { messageId } : {}) }),
    clock.now(),
  );

describe('the totals of a run', () => {
  it('are settled only when every mail is settled and the digest was sent', async () => {
    const { mailId } = deliver('vip');
    await poll();
    expect(isSettled(await totals())).toBe(false);
    await ledger.settle(mailId, { at: clock.now() });
    expect(isSettled(await totals())).toBe(true);
    expect(
      isSettled(
        await countTotals(
          { mailboxes: [], readerOf: () => mailbox, watermarks: memoryWatermarks(), ledger },
          [],
          undefined,
        ),
      ),
    ).toBe(false);
  });

  it('name a mail of the mailbox that the ledger knows nothing of', async () => {
    const { mailId } = deliver('vip');
    await poll();
    ledger.forget(mailId);
    const found = await totals();
    expect(found.unaccounted).toEqual(['support/INBOX uid 1: not in the ledger']);
    expect(isSettled(found)).toBe(false);
    expect(summaryOf(found)).toContain('support/INBOX uid 1: not in the ledger');
  });

  it('tell what the audit found and recovered, and then name nothing', async () => {
    const { mailId } = deliver('vip');
    deliver('other');
    await poll();
    ledger.forget(mailId);
    await audit();
    const found = await totals();
    expect(found.audit).toEqual({ inMailbox: 2, accounted: 1, recovered: 1 });
    expect(found.unaccounted).toEqual([]);
    expect(summaryOf(found)).toContain('1 accounted for, 1 recovered');
  });

  it('count a repeated mail as accounted, and as a copy', async () => {
    deliver('other', '<one@example.com>');
    deliver('other', '<one@example.com>');
    await poll();
    await audit();
    const found = await totals();
    expect(found.audit).toEqual({ inMailbox: 2, accounted: 2, recovered: 0 });
    expect(found.mails.map(({ route, state }) => [route, state])).toEqual([
      ['unknown', 'dispatched'],
      ['copy', 'settled'],
    ]);
  });

  it('say where no poll has succeeded', async () => {
    expect((await totals()).unaccounted).toEqual(['support/INBOX: no poll has succeeded']);
  });

  it('keep the reason of what is not settled', async () => {
    const { mailId } = deliver('vip');
    await poll();
    await ledger.recordDead(mailId, {
      kind: 'target',
      status: 403,
      code: '50001',
      text: 'Missing Access',
      at: clock.now(),
    });
    const found = await totals();
    expect(found.mails).toMatchObject([
      { state: 'dead', failure: { kind: 'target', status: 403, code: '50001', text: 'Missing Access' } },
    ]);
    expect(summaryOf(found)).toContain('1 × vip: dead, Missing Access [HTTP 403, code 50001]');
  });
});
