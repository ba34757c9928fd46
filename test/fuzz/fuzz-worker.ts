import { parentPort, workerData } from 'node:worker_threads';
import { answerCases } from './answers/answer-cases.ts';
import type { CaseMaker, FuzzKind } from './fuzz-case.ts';
import { mailCases } from './mails/mail-cases.ts';

/** A run of cases: `from` included, `to` not. */
export type CaseRange = { from: number; to: number };

export type FuzzWorkerData = {
  kind: FuzzKind;
  seed: number;
  /** When this thread last gave a sign of life, in milliseconds since 1970; then, by lane, the case under way plus one. */
  signs: SharedArrayBuffer;
};

export type FuzzWorkerMessage =
  | { kind: 'ready' }
  | { kind: 'finding'; caseNumber: number; problem: string; input: string }
  /** An error that no promise and no listener took, and the cases that were under way. */
  | { kind: 'stray error'; problem: string; suspects: readonly number[] }
  | { kind: 'done' };

/** How many cases are under way at once: reading is work, polling is mostly waiting. */
export const LANES = { mails: 1, answers: 16 } as const satisfies Record<FuzzKind, number>;

/** What no case may take of the processor at a stretch. */
export const HANG_MS = 1_000;

const MAKERS: Record<FuzzKind, () => Promise<CaseMaker>> = { mails: mailCases, answers: answerCases };
const SIGN_EVERY_MS = 20;

if (parentPort) await work(workerData as FuzzWorkerData, parentPort);

async function work({ kind, seed, signs }: FuzzWorkerData, port: NonNullable<typeof parentPort>): Promise<void> {
  const shown = new Float64Array(signs);
  const tell = (message: FuzzWorkerMessage) => port.postMessage(message);
  const giveSign = () => {
    shown[0] = Date.now();
  };
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => {
      tell({ kind: 'stray error', problem: `${event}: ${stackOf(error)}`, suspects: underWayIn(shown) });
    });
  }
  const makeCase = await MAKERS[kind]();

  const runCase = async (caseNumber: number) => {
    const fuzzCase = await makeCase(seed, caseNumber);
    const found = (problem: string) => tell({ kind: 'finding', caseNumber, problem, input: fuzzCase.input });
    giveSign();
    const begin = performance.now();
    try {
      await fuzzCase.run();
    } catch (error) {
      found(stackOf(error));
    }
    const tookMs = Math.round(performance.now() - begin);
    if (kind === 'mails' && tookMs > HANG_MS) found(`took ${tookMs} ms`);
  };

  port.on('message', async ({ from, to }: CaseRange) => {
    let next = from;
    const signing = setInterval(giveSign, SIGN_EVERY_MS);
    const lanes = Array.from({ length: LANES[kind] }, async (_, lane) => {
      while (next < to) {
        const caseNumber = next++;
        shown[1 + lane] = caseNumber + 1;
        await runCase(caseNumber);
        // What a case leaves behind, such as an unhandled rejection, appears within a turn of the event loop.
        await new Promise((resolve) => setImmediate(resolve));
        shown[1 + lane] = 0;
      }
    });
    await Promise.all(lanes);
    clearInterval(signing);
    tell({ kind: 'done' });
  });
  tell({ kind: 'ready' });
}

/** The cases that signs show to be under way. */
export function underWayIn(shown: Float64Array): number[] {
  return [...shown.slice(1)].filter((sign) => sign > 0).map((sign) => sign - 1);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
