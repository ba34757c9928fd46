import { describe, expect, it } from 'vitest';
import { DIGEST_TIMEOUT_MS } from '../../../functions/core/digest/limits.ts';
import { sendDigest } from '../../../functions/core/digest/send-digest.ts';
import { type Fault, invoke } from '../../simulation/invocation.ts';
import { simulatedQueue } from '../../simulation/simulated-queue.ts';
import { simulatedTime } from '../../simulation/simulated-time.ts';
import { MISSING_ACCESS, NOW } from './digest-fixtures.ts';
import { digestWorld, SETTINGS } from './digest-world.ts';

/** As Lambda repeats what a schedule has started: after a minute, and after two more. */
const REPEATED_AFTER_MS = [0, 60_000, 120_000];

/**
 * Runs a digest as its schedule does, and kills attempt after attempt at the numbered calls of its ports.
 *
 * @param kills for each attempt the number of the call; none where it is left alone
 */
async function scheduledDigest(kills: readonly (number | undefined)[], fault: Fault) {
  const time = simulatedTime(NOW);
  const { mailer, ...world } = await digestWorld();
  const queue = simulatedQueue(time, { pick: (from) => from, chance: () => false });
  const failure = { ...MISSING_ACCESS, kind: 'message' } as const;
  await queue.deadLetter(
    { messageId: '', receiptHandle: '', body: 'by hand', receiveCount: 1 },
    { mailId: undefined, target: 'channel 1', failure },
  );
  let attempts = 0;

  async function attempt(kill: number | undefined): Promise<string> {
    attempts += 1;
    let calls = 0;
    const strike = () => {
      calls += 1;
      return calls === kill ? { fault } : undefined;
    };
    const ended = await invoke(
      { id: `attempt ${attempts}`, clock: time, timeoutMs: DIGEST_TIMEOUT_MS, strike, latencyMs: () => 10 },
      async ({ id, clock, remainingMs, reach }) =>
        await sendDigest(
          {
            ledger: reach('ledger', world.ledger),
            spool: reach('spool', world.spool),
            watermarks: reach('watermarks', world.watermarks),
            targetChecks: reach('targetChecks', world.targetChecks),
            deadLetters: reach('deadLetters', queue.deadLetters),
            digestRuns: reach('digestRuns', world.digestRuns),
            mailer: reach('mailer', mailer),
            failureName: world.failureName,
            format: world.format,
            clock,
            journal: world.journal,
          },
          SETTINGS,
          { holder: id, remainingMs },
        ),
    );
    return ended.kind;
  }

  async function run(): Promise<string> {
    let ended = 'not started';
    for (const [index, afterMs] of REPEATED_AFTER_MS.entries()) {
      await time.wait(afterMs);
      ended = await attempt(kills[index]);
      if (ended === 'ended well') break;
    }
    return ended;
  }

  let ended: string | undefined;
  void run().then((kind) => {
    ended = kind;
  });
  await time.runUntil(() => ended !== undefined);
  return { ended, attempts, sent: mailer.sent, settled: world.settled(), tookMs: time.now().getTime() - NOW.getTime() };
}

/** More calls than a digest of three emails makes: a kill after the last call never happens. */
const CALLS = Array.from({ length: 40 }, (_, index) => index + 1);

describe.each(['dies before', 'dies after'] as const)('a digest that %s a call', (fault) => {
  it.each(CALLS)('number %i is sent by its repeat, on the same day, with everything in it', async (kill) => {
    const { ended, attempts, sent, settled, tookMs } = await scheduledDigest([kill], fault);
    expect(ended).toBe('ended well');
    expect(attempts).toBeLessThanOrEqual(2);
    expect(tookMs).toBeLessThanOrEqual(6 * 60_000);
    expect(settled).toEqual(['mail-1', 'mail-2', 'mail-3']);
    const told = sent.map(({ text }) => text).join();
    for (const uid of [1, 2, 3]) expect(told).toContain(`Subject ${uid}.`);
    expect(sent.at(-1)?.text, 'what the dead one had looked at is there again').toContain('1 unreadable message');
  });

  it('is sent by its second repeat where the first one dies as well, wherever each does', async () => {
    for (const first of CALLS) {
      for (const second of [1, 2, 3, 8, 15]) {
        const { ended, settled } = await scheduledDigest([first, second], fault);
        expect([first, second, ended, settled.length]).toEqual([first, second, 'ended well', 3]);
      }
    }
  });
});

it('calls no more ports than are gone through above', async () => {
  const last = CALLS.at(-1) ?? 0;
  expect((await scheduledDigest([last], 'dies before')).attempts).toBe(1);
  expect((await scheduledDigest([last / 2], 'dies before')).attempts).toBe(2);
});
