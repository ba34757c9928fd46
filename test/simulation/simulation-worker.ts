import { parentPort } from 'node:worker_threads';
import { everyCall, type NumberedCall, smallDayWith } from './every-call.ts';
import { FAULTS } from './invocation.ts';
import { judged } from './judge.ts';
import type { Plan } from './plan.ts';
import type { Broken } from './promises/broken.ts';
import { randomPlan } from './random-plan.ts';

/**
 * What one thread works off: `from` included, `to` not. Of calls the numbers are places in the list of all calls, each of
 * which meets one of the faults, in turn, or every one of them.
 */
export type Stretch = {
  kind: 'random seeds' | 'calls, one fault each' | 'calls, every fault';
  from: number;
  to: number;
};

/** A plan that broke something. `broken` is never empty. */
export type Finding = { number: number; title: string; broken: readonly Broken[] };

export type WorkerMessage = { kind: 'ready' } | { kind: 'done'; findings: readonly Finding[] };

let calls: Promise<readonly NumberedCall[]> | undefined;

parentPort?.on('message', async (stretch: Stretch) => {
  const findings: Finding[] = [];
  for (let number = stretch.from; number < stretch.to; number += 1) {
    for (const { title, plan } of await plansOf(stretch.kind, number)) {
      const broken = await judged(plan);
      if (broken.length > 0) findings.push({ number, title, broken });
    }
  }
  parentPort?.postMessage({ kind: 'done', findings } satisfies WorkerMessage);
});
parentPort?.postMessage({ kind: 'ready' } satisfies WorkerMessage);

async function plansOf(kind: Stretch['kind'], number: number): Promise<{ title: string; plan: Plan }[]> {
  if (kind === 'random seeds') return [{ title: `seed ${number}`, plan: randomPlan(number) }];
  calls ??= everyCall();
  const call = (await calls)[number];
  if (!call) return [];
  const { name, hasAudits } = call;
  const day = hasAudits ? 'a day with audits' : 'a day without audits';
  const faults = kind === 'calls, every fault' ? FAULTS : FAULTS.filter((_, index) => index === number % FAULTS.length);
  return faults.map((fault) => ({
    title: `call ${call.number} of ${day}: ${name} ${fault}`,
    plan: smallDayWith(call, fault),
  }));
}
