import { describe, expect, it } from 'vitest';
import type { DigestMail, Ledger, Mailer, Spool } from '../../../functions/core/ports.ts';
import { NOW } from './digest-fixtures.ts';
import { digestWorld, MAILBOX } from './digest-world.ts';

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

/** A world that notes every mail that is settled although no e-mail has told of it yet. */
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
    });
  return { ...world, settledUntold, send };
}

/** Of a digest of three mails, a segment each: look up four times, read the mailbox, send, settle, archive, record. */
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
      const counts = mailer.sent.map(({ text }) => Number(/(\d+) mails? seen = /.exec(text)?.[1]));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
    },
  );

  it.each(steps)(
    'another digest that begins after %i calls, and ends before or after this one, loses nothing',
    async (first) => {
      for (const second of steps) {
        const { send, settledUntold, settled, pending, digested, mailer, watermarks } = await watchedWorld();
        const other = latecomer(send, second);
        let calls = 0;
        await send(async () => {
          calls += 1;
          if (calls === first + 1) await other.begin();
        });
        await other.end();

        expect(settledUntold).toEqual([]);
        expect(settled()).toEqual(['mail-1', 'mail-2', 'mail-3']);
        expect(pending()).toEqual([]);
        expect(digested()).toHaveLength(3);
        expect(mailer.sent).toHaveLength(2);
        expect(await watermarks.get(MAILBOX)).toMatchObject({ pollsSinceDigest: 0, failedPollsSinceDigest: 0 });
        expect((await send()).subject).toBe('Rollcall: nothing new');
      }
    },
  );
});

/** A digest that stops after so many calls, until it may end. */
function latecomer(send: (before: () => Promise<void>) => Promise<unknown>, stopsAfter: number) {
  const stopped = signal();
  const mayEnd = signal();
  let run: Promise<unknown> | undefined;
  return {
    async begin() {
      let calls = 0;
      run = send(async () => {
        if (calls === stopsAfter) stopped.give();
        calls += 1;
        if (calls > stopsAfter) await mayEnd.given;
      });
      await Promise.race([stopped.given, run]);
    },
    async end() {
      mayEnd.give();
      await run;
    },
  };
}

function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
