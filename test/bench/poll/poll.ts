import { startDovecot } from '../../dovecot/dovecot.ts';
import type { BenchOptions } from '../bench.ts';
import type { Bar } from '../figures.ts';
import { benchBacklog } from './backlog.ts';
import { bundleContestants } from './contestant.ts';
import { benchEmptyPoll } from './empty-poll.ts';
import { benchMemory, memoryUsers } from './memory.ts';

/** The reader against what a user would take instead, on a Dovecot of its own that is gone afterwards. */
export async function benchPoll(options: BenchOptions, print: (text: string) => void): Promise<readonly Bar[]> {
  const dovecot = await startDovecot({ users: [{ user: 'support', password: 'correct-horse' }, ...memoryUsers()] });
  const { contestants, remove } = await bundleContestants();
  try {
    return [
      ...(await benchBacklog(dovecot, contestants, options, print)),
      ...(await benchEmptyPoll(dovecot, contestants, options, print)),
      ...(await benchMemory(dovecot, contestants, options, print)),
    ];
  } finally {
    remove();
    await dovecot.stop();
  }
}
