import { env } from 'node:process';
import { expect, it } from 'vitest';
import { runStretches } from './run-stretches.ts';
import { storyOf } from './story.ts';

/** The same ones each time, so that no change fails by chance; `npm run simulate` takes others at each call. */
const SEED = Number(env.ROLLCALL_SIMULATION_SEED ?? 1);
const RUNS = Number(env.ROLLCALL_SIMULATION_RUNS ?? 300);

it(`${RUNS} random plans break no promise, ROLLCALL_SIMULATION_SEED=${SEED}`, async () => {
  const stretch = { kind: 'random seeds', from: SEED, to: SEED + RUNS } as const;
  const [first] = await runStretches(stretch, { atOnce: 10, enough: 1 });
  expect(first ? (await storyOf(first.number)).join('\n') : 'every promise is kept').toBe('every promise is kept');
});
