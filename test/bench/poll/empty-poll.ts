import type { Dovecot } from '../../dovecot/dovecot.ts';
import type { BenchOptions } from '../bench.ts';
import { type Bar, figure, median, spread, table } from '../figures.ts';
import { taskFor } from './backlog.ts';
import type { Contestants } from './contestant.ts';
import { startProxy } from './proxy.ts';

const ROUND_TRIP_MS = 50;
const LEAST_RUNS = 5;

const LABELS = {
  rollcall: "Rollcall's reader",
  imapflow: "imapflow's defaults",
  incident: 'imaplib',
} as const;
type Name = keyof typeof LABELS;

/** Connect, log in, ask STATUS, close: over TLS, as far from the server as 50 ms, in a process that has done it before. */
export async function benchEmptyPoll(
  dovecot: Dovecot,
  contestants: Contestants,
  { runs }: BenchOptions,
  print: (text: string) => void,
): Promise<readonly Bar[]> {
  const names = Object.keys(LABELS) as Name[];
  const wallMs: Record<Name, number[]> = { rollcall: [], imapflow: [], incident: [] };
  const turns: Record<Name, number> = { rollcall: 0, imapflow: 0, incident: 0 };
  for (const name of names) {
    const counting = await startProxy(dovecot.imapPort, { delayMs: 0 });
    await contestants[name](taskFor(dovecot, { question: 'empty poll', port: counting.port, tls: false }));
    await counting.stop();
    turns[name] = counting.traffic.turns;
  }
  const far = await startProxy(dovecot.imapsPort, { delayMs: ROUND_TRIP_MS / 2 });
  for (let run = 0; run < Math.max(runs, LEAST_RUNS); run += 1) {
    for (const name of names) {
      const answer = await contestants[name](taskFor(dovecot, { question: 'empty poll', port: far.port, times: 2 }));
      wallMs[name].push(answer.wallMs);
    }
  }
  await far.stop();
  const rows = names.map((name) => [LABELS[name], spread(wallMs[name]), String(turns[name])]);
  print(`\n${table([`empty poll, ${ROUND_TRIP_MS} ms away`, 'ms', 'turns after the greeting'], rows)}`);

  const faster = (name: Name) => wallMs.rollcall.map((ms, run) => (wallMs[name][run] ?? Number.NaN) / ms);
  const bar = (what: string, ratios: number[], asked: number): Bar => ({
    what,
    reached: `${spread(ratios, 2)} ×`,
    asked: `≥ ${asked} ×`,
    met: median(ratios) >= asked,
  });
  return [
    { what: 'empty poll, turns', reached: figure(turns.rollcall), asked: '≤ 5', met: turns.rollcall <= 5 },
    bar(`empty poll against ${LABELS.imapflow}`, faster('imapflow'), 1.8),
    bar(`empty poll against ${LABELS.incident}`, faster('incident'), 1),
  ];
}
