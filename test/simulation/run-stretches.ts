import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Finding, Stretch, WorkerMessage } from './simulation-worker.ts';

/** A thread of Node 20 does not inherit the loader that reads TypeScript. */
const START = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${JSON.stringify(
  new URL('./simulation-worker.ts', import.meta.url).href,
)}, ${JSON.stringify(import.meta.url)}))`;

/** A simulation leaves a lot that is of no use a moment later. */
const YOUNG_MB = 64;

/** Works off numbers on every core, a few at a time. What breaks a promise comes back in the order of the numbers. */
export async function runStretches(
  { kind, from, to }: Stretch,
  { atOnce, enough, onProgress = () => {} }: { atOnce: number; enough: number; onProgress?: (done: number) => void },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  let next = from;
  let done = 0;

  async function workThrough(): Promise<void> {
    const worker = new Worker(START, { eval: true, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    try {
      await answerOf(worker);
      while (next < to && findings.length < enough) {
        const stretch = { kind, from: next, to: Math.min(next + atOnce, to) };
        next = stretch.to;
        worker.postMessage(stretch);
        const answer = await answerOf(worker);
        if (answer.kind === 'done') findings.push(...answer.findings);
        done += stretch.to - stretch.from;
        onProgress(done);
      }
    } finally {
      await worker.terminate();
    }
  }

  const threads = Math.min(availableParallelism(), Math.ceil((to - from) / atOnce));
  await Promise.all(Array.from({ length: threads }, workThrough));
  return findings.sort((one, other) => one.number - other.number);
}

async function answerOf(worker: Worker): Promise<WorkerMessage> {
  return await new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: WorkerMessage) => {
      worker.off('error', reject);
      resolve(message);
    });
  });
}
