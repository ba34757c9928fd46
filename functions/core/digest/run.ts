import type { Journal } from '../journal.ts';
import type { Clock } from '../time.ts';
import { DIGEST_RESERVE_MS, RUN_ASKED_AGAIN_MS } from './limits.ts';

export type DigestInvocation = {
  /** Unique to this invocation, so that its lease is its own. */
  holder: string;
  /** The time it has left, in milliseconds. */
  remainingMs: () => number;
};

export type RunServices = { digestRuns: Pick<DigestRuns, 'begin' | 'end'>; clock: Clock; journal: Journal };

/** Another digest was running for as long as this one could wait. */
export class AnotherDigestRuns extends Error {
  override readonly name = 'AnotherDigestRuns';

  constructor(until: Date) {
    super(
      `Another digest is running, until ${until.toISOString()} at the latest, so this one has sent nothing. Lambda ` +
        'repeats a scheduled digest by itself; one that was started by hand, start again after that time: ' +
        'aws lambda invoke --function-name "$(output SendDigestFunction)" --cli-read-timeout 330 /dev/stdout ' +
        '(lib/DEPLOYING.md#invoke-a-function).',
    );
  }
}

/**
 * Runs a digest only while no other one runs. If another one is running, waits until it ends or, if it has died, until
 * its lease ends, which is when its invocation would have timed out.
 *
 * @throws AnotherDigestRuns if there is too little time left to wait; Lambda's repeat then finds the lease ended
 */
export async function whileNoOtherRuns<Result>(
  invocation: DigestInvocation,
  services: RunServices,
  run: () => Promise<Result>,
): Promise<Result> {
  const until = await begin(invocation, services);
  try {
    return await run();
  } finally {
    await end(invocation, until, services);
  }
}

async function begin(
  { holder, remainingMs }: DigestInvocation,
  { digestRuns, clock, journal }: RunServices,
): Promise<Date> {
  for (let waits = 0; ; waits += 1) {
    const at = clock.now();
    const until = new Date(at.getTime() + remainingMs());
    const begun = await digestRuns.begin({ holder, at, until });
    if (begun.kind === 'begun') return until;
    if (waits === 0) journal({ kind: 'digest waits', until: begun.until });
    if (remainingMs() < DIGEST_RESERVE_MS) throw new AnotherDigestRuns(begun.until);
    await clock.wait(RUN_ASKED_AGAIN_MS);
  }
}

/** The digest is sent or has failed, and that is final: if the lease cannot be released, it expires. */
async function end({ holder }: DigestInvocation, until: Date, { digestRuns, journal }: RunServices): Promise<void> {
  try {
    await digestRuns.end(holder);
  } catch (error) {
    journal({ kind: 'digest lease not ended', until, reason: error instanceof Error ? error.message : String(error) });
  }
}

/** The result of requesting the run of a digest. */
type DigestRunBegin =
  | { kind: 'begun' }
  /** Another digest has the run, until then at the latest. */
  | { kind: 'another runs'; until: Date };

/** Only one digest runs at a time: it holds a lease, which expires at `until` if the digest dies. */
export interface DigestRuns {
  /**
   * Takes the lease, unless another holder's lasts beyond `at`. Requesting it again, after a lost reply, is harmless.
   */
  begin(lease: { holder: string; at: Date; until: Date }): Promise<DigestRunBegin>;
  /** Ends the holder's lease; does nothing if another holder has it by now. */
  end(holder: string): Promise<void>;
  /** SES has accepted a digest. */
  recordSent(digest: SentDigest): Promise<void>;
  /** Undefined if none was sent yet. */
  lastSent(): Promise<SentDigest | undefined>;
}

export type SentDigest = {
  at: Date;
  /** The end of its window: later email is counted by the next digest. */
  countedUntil: Date;
};
