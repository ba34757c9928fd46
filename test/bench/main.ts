import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { barsTable } from './figures.ts';

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  poll: async () => (await import('./poll/poll.ts')).benchPoll,
  rules: async () => (await import('./rules/rules.ts')).benchRules,
  drain: async () => (await import('./drain.ts')).benchDrain,
  coldstart: async () => (await import('./coldstart/coldstart.ts')).benchColdstart,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    mails: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '5' },
    help: { type: 'boolean' },
  },
});
const [name = ''] = positionals;
const load = BENCHES[name];
const print = (text: string) => void process.stdout.write(`${text}\n`);

if (load) {
  const bench = await load();
  const bars = await bench({ mails: wholeNumber(values.mails), runs: wholeNumber(values.runs) }, print);
  print(`\n${barsTable(bars)}`);
  process.exitCode = bars.every(({ met }) => met) ? 0 : 1;
} else {
  print(`npm run bench -- <name> [--mails N] [--runs N]; the benches are ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 2;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${text} is not a whole number above 0`);
  return number;
}
