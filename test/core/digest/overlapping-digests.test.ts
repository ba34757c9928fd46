import { describe, expect, it } from 'vitest';
import { DIGEST_RESERVE_MS, DIGEST_TIMEOUT_MS } from '../../../functions/core/digest/limits.ts';
import type { DigestMail, Mailer } from '../../../functions/core/digest/mailer.ts';
import { AnotherDigestRuns } from '../../../functions/core/digest/run.ts';
import type { DigestReport } from '../../../functions/core/digest/send-digest.ts';
import type { Ledger } from '../../../functions/core/records/ledger.ts';
import type { Spool } from '../../../functions/core/records/spool.ts';
import type { Clock } from '../../../functions/core/time.ts';
import { type Fault, faultyPort } from '../../fakes/faulty-port.ts';
import { MAILBOX } from '../../test-world.ts';
import { NOW } from './digest-fixtures.ts';
import { digestWorld } from './digest-world.ts';

/** The calls of a digest that change something, or on whose answer it depends what is changed. */
const CALLS = ['find', 'get', 'send', 'settle', 'archive', 'recordDigest'];

/** A port that waits for `before` ahead of each of these calls. */
function waiting<Port extends object>(port: Port, before: () => Promise<void>): Port {
  return new Proxy(port, {
    get(target, property, receiver) {
      const method: unknown = Reflect.get(target, property, receiver);
      if (typeof method !== 'function' || !CALLS.includes(String(property))) return method;
      return async (...parameters: unknown[]) => {
        await before();
        return await method.apply(target, parameters);
      };
    },
  });
}

const tells = (sent: readonly DigestMail[], mailId: string) =>
  sent.some(({ text }) => text.includes(`Subject ${mailId.slice('mail-'.length)}.`));

/** Who waits lets the others go on, and no time passes. */
const TURNS: Clock = { now: () => NOW, wait: () => new Promise((resolve) => setImmediate(resolve)) };

/** How many emails these digests have counted. */
function counted(sent: readonly DigestMail[]): number {
  return sent.reduce((sum, { text }) => sum + Number(/(\d+) emails? received = /.exec(text)?.[1]), 0);
}

/** A world that records every email that is settled before a digest email has shown it. */
async function watchedWorld() {
  const world = await digestWorld();
  const settledUntold: string[] = [];
  const ledger: Ledger = {
    ...world.ledger,
    async settle(mailId, settlement) {
      if (!tells(world.mailer.sent, mailId)) settledUntold.push(mailId);
      await world.ledger.settle(mailId, settlement);
    },
  };
  const send = (before: () => Promise<void> = async () => {}) =>
    world.send({
      ledger: waiting(ledger, before),
      spool: waiting<Spool>(world.spool, before),
      watermarks: waiting(world.watermarks, before),
      mailer: waiting<Mailer>(world.mailer, before),
      clock: TURNS,
    });
  return { ...world, settledUntold, send };
}

/**
 * Of a digest of three emails, one segment each: look up four times, read the mailbox, send, settle, archive, record.
 */
const CALLS_OF_A_DIGEST = 4 + 1 + 1 + 3 + 3 + 1;
const steps = Array.from({ length: CALLS_OF_A_DIGEST }, (_, index) => index);

describe('whatever happens while a digest runs', () => {
  it('falls between two of the calls that are gone through below', async () => {
    const { send } = await watchedWorld();
    let calls = 0;
    await send(async () => {
      calls += 1;
    });
    expect(calls).toBe(CALLS_OF_A_DIGEST);
  });

  it.each(steps)(
    'a segment that arrives after %i calls is carried by this digest or by the next, and by one only',
    async (step) => {
      const { send, hasUnknown, settledUntold, mailer, settled, pending } = await watchedWorld();
      let calls = 0;
      const first = await send(async () => {
        calls += 1;
        if (calls === step + 1) await hasUnknown(4, NOW);
      });
      expect(settledUntold).toEqual([]);
      expect(settled().toSorted()).toEqual(first.mailIds.toSorted());

      const second = await send();
      expect([...first.mailIds, ...second.mailIds].toSorted()).toEqual(['mail-1', 'mail-2', 'mail-3', 'mail-4']);
      expect(settledUntold).toEqual([]);
      expect(tells(mailer.sent, 'mail-4')).toBe(true);
      expect(pending()).toEqual([]);
    },
  );

  it.each(steps)('two more that begin after %i calls wait for its end, and each mail is carried once', async (step) => {
    const { send, settledUntold, settled, pending, digested, mailer, watermarks, journal } = await watchedWorld();
    const others: Promise<DigestReport>[] = [];
    let calls = 0;
    const first = await send(async () => {
      calls += 1;
      if (calls === step + 1) others.push(send(), send());
    });
    const reports = [first, ...(await Promise.all(others))];

    expect(reports.flatMap(({ mailIds }) => mailIds).toSorted()).toEqual(['mail-1', 'mail-2', 'mail-3']);
    expect(mailer.sent).toHaveLength(3);
    for (const uid of [1, 2, 3])
      expect(mailer.sent.filter(({ text }) => text.includes(`Subject ${uid}.`))).toHaveLength(1);
    expect(counted(mailer.sent)).toBe(3);
    expect(journal.of('digest waits')).toHaveLength(2);
    expect(settledUntold).toEqual([]);
    expect(settled()).toEqual(['mail-1', 'mail-2', 'mail-3']);
    expect(pending()).toEqual([]);
    expect(digested()).toHaveLength(3);
    expect(await watermarks.get(MAILBOX)).toMatchObject({ pollsSinceDigest: 0, failedPollsSinceDigest: 0 });
    expect((await send()).subject).toBe('Rollcall: nothing new');
  });
});

describe('a digest that meets another one', () => {
  it('begins at once where that one has failed, since a failure ends the lease', async () => {
    const { send, mailer, journal } = await digestWorld();
    mailer.refuse(new Error('Throttling'));
    await expect(send()).rejects.toThrow('Throttling');
    mailer.accept();
    expect((await send()).mailIds).toHaveLength(3);
    expect(journal.of('digest waits')).toEqual([]);
  });

  it('sends nothing where that one runs for as long as it can wait, and says until when and what to do', async () => {
    const { send, digestRuns, clock, mailer, journal } = await digestWorld();
    const until = new Date(NOW.getTime() + DIGEST_TIMEOUT_MS);
    await digestRuns.begin({ holder: 'another', at: NOW, until });
    const waiting = send();
    await expect(waiting).rejects.toThrow(AnotherDigestRuns);
    await expect(waiting).rejects.toThrow(
      /until 2026-03-20T07:35:00.000Z at the latest.*aws lambda invoke --function-name/,
    );
    expect(until.getTime() - clock.now().getTime()).toBeLessThan(DIGEST_RESERVE_MS);
    expect(mailer.sent).toEqual([]);
    expect(journal.events).toEqual([{ kind: 'digest waits', until }]);
  });

  it('is none the worse for a lease that could not be ended: the digest is sent, and the journal says so', async () => {
    const { send, digestRuns, journal } = await digestWorld();
    const failing = faultyPort(digestRuns, (call): Fault => (call === 'end' ? 'before' : 'none'));
    expect((await send({ digestRuns: failing })).mailIds).toHaveLength(3);
    const until = new Date(NOW.getTime() + DIGEST_TIMEOUT_MS);
    expect(journal.of('digest lease not ended')).toEqual([
      { kind: 'digest lease not ended', until, reason: 'end failed before its effect' },
    ]);
  });
});
