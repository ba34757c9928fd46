import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import settings from '../../../functions/settings.ts';
import { BUNDLE_FILE, bundleFunction } from '../../../lib/stack/bundle.ts';
import type { BenchOptions } from '../bench.ts';
import { type Bar, figure, median, spread, table } from '../figures.ts';
import { BUDGETS_KB } from './budgets.ts';
import { type Init, initOf } from './init.ts';

const LEAST_RUNS = 15;
const BARE = 'a handler that does nothing';

/** Processor time of a start, as a ratio to that of a bare Node.js. A poll runs every 15 minutes: milliseconds are of no use. */
const MOST_TIMES_BARE = 8;

type Measured = { name: string; bytes: number; inits: Init[] };

/** Size of every function as it is deployed, and its start as a ratio to a Node.js that loads nothing. */
export async function benchColdstart({ runs }: BenchOptions, print: (text: string) => void): Promise<readonly Bar[]> {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-coldstart-'));
  try {
    const measured: Measured[] = Object.keys(BUDGETS_KB).map((name) => {
      return { name, bytes: bundleFunction(name, settings, join(directory, name)), inits: [] };
    });
    const bareFile = join(directory, BUNDLE_FILE);
    await writeFile(bareFile, 'export const handler = async () => undefined;\n');
    const bare: Init[] = [];
    for (let run = 0; run < Math.max(runs, LEAST_RUNS); run += 1) {
      bare.push(await initOf(bareFile));
      for (const { name, inits } of measured) inits.push(await initOf(join(directory, name, BUNDLE_FILE)));
    }
    print(
      table(
        ['function', 'KB', 'ms from start to loaded', 'ms of processor', 'processor, × bare'],
        [
          [BARE, '0', spread(wall(bare)), spread(processor(bare)), '1'],
          ...measured.map(({ name, bytes, inits }) => [
            name,
            figure(bytes / 1_000),
            spread(wall(inits)),
            spread(processor(inits)),
            figure(ratio(inits, bare), 2),
          ]),
        ],
      ),
    );
    return measured.flatMap(({ name, bytes, inits }) => [sizeBar(name, bytes), ratioBar(name, ratio(inits, bare))]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const wall = (inits: readonly Init[]) => inits.map(({ wallMs }) => wallMs);
const processor = (inits: readonly Init[]) => inits.map(({ processorMs }) => processorMs);
const ratio = (inits: readonly Init[], bare: readonly Init[]) => median(processor(inits)) / median(processor(bare));

function sizeBar(name: string, bytes: number): Bar {
  const kilobytes = BUDGETS_KB[name] ?? 0;
  return {
    what: `${name}, size`,
    reached: `${figure(bytes / 1_000)} KB`,
    asked: `≤ ${figure(kilobytes)} KB`,
    met: bytes <= kilobytes * 1_000,
  };
}

function ratioBar(name: string, timesBare: number): Bar {
  return {
    what: `${name}, processor time of the start`,
    reached: `${figure(timesBare, 2)} × bare node`,
    asked: `≤ ${figure(MOST_TIMES_BARE, 2)} ×`,
    met: timesBare <= MOST_TIMES_BARE,
  };
}
