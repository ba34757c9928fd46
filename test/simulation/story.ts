import { judged } from './judge.ts';
import { randomPlan } from './random-plan.ts';
import { shrunkEvents } from './shrink.ts';

/** The least of a seed's plan that still breaks the same promise, told line by line. */
export async function storyOf(seed: number): Promise<string[]> {
  const plan = randomPlan(seed);
  const [first] = await judged(plan);
  if (!first) return [`Seed ${seed} breaks no promise.`];
  const events = await shrunkEvents(plan.events, async (some) =>
    (await judged({ ...plan, events: some })).some(({ promise }) => promise === first.promise),
  );
  const lines: string[] = [];
  const broken = await judged({ ...plan, events }, (atMs, what) => lines.push(`${timeOf(atMs)}  ${what}`));
  const { events: all, ...settings } = plan;
  return [
    `seed ${seed}: ${all.length} events, of which these ${events.length} suffice`,
    `  ${JSON.stringify(settings)}`,
    ...lines.map((line) => `  ${line}`),
    ...broken.map(({ promise, what }) => `  breaks ${promise}: ${what}`),
  ];
}

/** Days, hours, minutes and seconds since the start. */
function timeOf(atMs: number): string {
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  const seconds = Math.max(0, atMs) / 1_000;
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3_600) % 24, (seconds / 60) % 60];
  return `day ${Math.floor(days)} ${two(hours)}:${two(minutes)}:${(seconds % 60).toFixed(2).padStart(5, '0')}`;
}
