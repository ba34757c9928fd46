import { beforeEach, expect, it } from 'vitest';
import { reportOldestOpenAlert } from '../../../functions/core/checks/oldest-open-alert.ts';
import type { Ledger } from '../../../functions/core/records/ledger.ts';
import { sampleEntry, sampleFailure } from '../../contracts/sample-entry.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';
import { memoryLedger } from '../../fakes/memory-ledger.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';

const MINUTE_MS = 60_000;

let clock = fakeClock();
let ledger = memoryLedger();
beforeEach(() => {
  clock = fakeClock();
  ledger = memoryLedger();
});

const accept = async (route: string, minutesAgo: number) => {
  const entry = sampleEntry({ route, acceptedAt: new Date(clock.now().getTime() - minutesAgo * MINUTE_MS) });
  await ledger.accept(entry);
  return entry.mailId;
};

async function toldOf(routes: string[], of: Ledger = ledger) {
  const journal = recordingJournal();
  await reportOldestOpenAlert(routes, { ledger: of, clock, journal });
  return journal.of('oldest open alert').map(({ oldestAgeMs }) => oldestAgeMs / MINUTE_MS);
}

it('is the oldest of all routes', async () => {
  await accept('vip', 5);
  await accept('stripe', 70);
  await accept('stripe', 20);
  expect(await toldOf(['vip', 'stripe'])).toEqual([70]);
});

it('can be a dead letter, which its queue forgets after 14 days', async () => {
  const mailId = await accept('vip', 30 * 24 * 60);
  await ledger.recordDead(mailId, sampleFailure());
  expect(await toldOf(['vip'])).toEqual([30 * 24 * 60]);
});

it('is none that Discord has taken, and no unknown mail, which waits for the digest', async () => {
  await ledger.settle(await accept('vip', 90), { at: clock.now(), postId: '900' });
  await accept('unknown', 600);
  await accept('vip', 3);
  expect(await toldOf(['vip'])).toEqual([3]);
});

it('is 0 where nothing waits, so that silence means that nobody looked', async () => {
  expect(await toldOf(['vip'])).toEqual([0]);
  expect(await toldOf([])).toEqual([0]);
});

it('reads no further than the first of a route', async () => {
  await accept('vip', 50);
  await accept('vip', 5);
  let read = 0;
  const counting: Ledger = {
    ...ledger,
    async *openEntries(route) {
      for await (const entry of ledger.openEntries(route)) {
        read += 1;
        yield entry;
      }
    },
  };
  await toldOf(['vip'], counting);
  expect(read).toBe(1);
});
