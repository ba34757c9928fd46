import { Worker } from 'node:worker_threads';
import type { FuzzKind } from './fuzz-case.ts';
import {
  type CaseRange,
  type FuzzWorkerData,
  type FuzzWorkerMessage,
  HANG_MS,
  LANES,
  underWayIn,
} from './fuzz-worker.ts';

export type Problem = {
  caseNumber: number;
  problem: string;
  /** What was read or said until then; unknown where the thread is gone. */
  input: string | undefined;
};

export type RangeOutcome = {
  findings: readonly Problem[];
  /** Why the run of cases ended early, or an error that belongs to no known case; with the cases under way. */
  unclear: { problem: string; suspects: readonly number[]; isOver: boolean } | undefined;
};

export type FuzzThread = {
  run(range: CaseRange): Promise<RangeOutcome>;
  stop(): Promise<void>;
};

/** A thread of Node 20 does not inherit the loader that reads TypeScript. */
const START = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${JSON.stringify(
  new URL('./fuzz-worker.ts', import.meta.url).href,
)}, ${JSON.stringify(import.meta.url)}))`;

const WATCH_EVERY_MS = 50;

/** Time for a garbage collection or another process, in addition to a case that is slow but does not hang. */
const SILENCE_MS = 3 * HANG_MS;

const MEMORY_MB = 1_024;

/**
 * A thread of its own for cases that may hang, crash or fill the memory, watched from this one: a thread that gives no
 * sign is ended, which works within a regular expression too.
 */
export async function fuzzThread(kind: FuzzKind, seed: number): Promise<FuzzThread> {
  const signs = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT * (1 + LANES[kind]));
  const shown = new Float64Array(signs);
  const worker = new Worker(START, {
    eval: true,
    workerData: { kind, seed, signs } satisfies FuzzWorkerData,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', () => resolve());
  });

  return {
    run: (range) =>
      new Promise((resolve) => {
        const findings: Problem[] = [];
        let stray: RangeOutcome['unclear'];
        const end = (unclear: RangeOutcome['unclear']) => {
          clearInterval(watching);
          worker.off('error', onError);
          worker.off('message', onMessage);
          resolve({ findings, unclear });
        };
        const giveUp = (problem: string) => {
          const suspects = underWayIn(shown);
          worker.terminate().catch(() => undefined);
          end({ problem, suspects, isOver: true });
        };
        const onError = (error: Error) => giveUp(`ends its thread: ${error.stack ?? error}`);
        const onMessage = (message: FuzzWorkerMessage) => {
          if (message.kind === 'finding') findings.push(message);
          if (message.kind === 'stray error') stray ??= { ...message, isOver: false };
          if (message.kind === 'done') end(stray);
        };
        shown[0] = Date.now();
        const watching = setInterval(() => {
          const silentMs = Date.now() - shown[0]!;
          if (silentMs > SILENCE_MS) giveUp(`hangs: no sign of life for ${silentMs} ms`);
        }, WATCH_EVERY_MS);
        worker.on('error', onError);
        worker.on('message', onMessage);
        worker.postMessage(range);
      }),
    stop: async () => {
      await worker.terminate();
    },
  };
}
