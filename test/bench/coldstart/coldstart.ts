import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import settings from '../../../functions/settings.ts';
import { BUNDLE_FILE, bundleFunctions, type FunctionBundle } from '../../../lib/bundle/bundle-functions.ts';
import type { BenchOptions } from '../bench.ts';
import { type Bar, figure, median, spread, table } from '../figures.ts';
import { BUDGETS } from './budgets.ts';
import { type Init, initOf } from './init.ts';

const LEAST_RUNS = 15;
const BARE = 'a handler that does nothing';

/** As long as a bare Node.js takes to start on the machine for which the budgets were set. */
const BARE_MS = 40;
/** On a busy machine a large program loses more than a small one: half again the ratio was seen. */
const ALLOWANCE = 2.5;

type Measured = { bundle: FunctionBundle; inits: readonly Init[]; bare: readonly Init[] };

/** Size and time to load of every function, as it is deployed, against the budgets of the design. */
export async function benchColdstart(options: BenchOptions, print: (text: string) => void): Promise<readonly Bar[]> {
  const measured = await measure(options, print);
  return measured.flatMap((one) => [sizeBar(one), initBar(one)]);
}

/** What holds on any machine: the sizes exactly, and the processor's time as a ratio to that of a bare Node.js. */
export async function benchColdstartRatio(
  options: BenchOptions,
  print: (text: string) => void,
): Promise<readonly Bar[]> {
  const measured = await measure(options, print);
  return measured.flatMap((one) => [sizeBar(one), ratioBar(one)]);
}

async function measure({ runs }: BenchOptions, print: (text: string) => void): Promise<readonly Measured[]> {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-coldstart-'));
  try {
    const bundles = await bundleFunctions(settings, directory);
    const bareFile = join(directory, BUNDLE_FILE);
    await writeFile(bareFile, 'export const handler = async () => undefined;\n');
    const bare: Init[] = [];
    const measured = bundles.map((bundle) => ({ bundle, bare, inits: [] as Init[] }));
    for (let run = 0; run < Math.max(runs, LEAST_RUNS); run += 1) {
      bare.push(await initOf(bareFile));
      for (const { bundle, inits } of measured) inits.push(await initOf(join(directory, bundle.name, BUNDLE_FILE)));
    }
    print(
      table(
        ['function', 'KB', 'ms from start to loaded', 'ms of processor', 'processor, × bare'],
        [
          [BARE, '0', spread(wall(bare)), spread(processor(bare)), '1'],
          ...measured.map((one) => [
            one.bundle.name,
            figure(one.bundle.bytes / 1_000),
            spread(wall(one.inits)),
            spread(processor(one.inits)),
            figure(ratio(one), 2),
          ]),
        ],
      ),
    );
    return measured;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const wall = (inits: readonly Init[]) => inits.map(({ wallMs }) => wallMs);
const processor = (inits: readonly Init[]) => inits.map(({ processorMs }) => processorMs);
const ratio = ({ inits, bare }: Measured) => median(processor(inits)) / median(processor(bare));

function budgetOf({ name }: FunctionBundle) {
  const budget = BUDGETS[name];
  if (!budget) throw new Error(`${name} has no budget; test/bench/coldstart/budgets.ts sets them.`);
  return budget;
}

function sizeBar({ bundle }: Measured): Bar {
  const { kilobytes } = budgetOf(bundle);
  return {
    what: `${bundle.name}, size`,
    reached: `${figure(bundle.bytes / 1_000)} KB`,
    asked: `≤ ${figure(kilobytes)} KB`,
    met: bundle.bytes <= kilobytes * 1_000,
  };
}

function initBar({ bundle, inits, bare }: Measured): Bar {
  const { initMs } = budgetOf(bundle);
  const overBareMs = median(wall(inits)) - median(wall(bare));
  return {
    what: `${bundle.name}, init over a bare handler`,
    reached: `${figure(overBareMs)} ms`,
    asked: `≤ ${initMs} ms`,
    met: overBareMs <= initMs,
  };
}

function ratioBar(one: Measured): Bar {
  const most = 1 + (ALLOWANCE * budgetOf(one.bundle).initMs) / BARE_MS;
  return {
    what: `${one.bundle.name}, processor time of the init`,
    reached: `${figure(ratio(one), 2)} × bare node`,
    asked: `≤ ${figure(most, 2)} ×`,
    met: ratio(one) <= most,
  };
}
