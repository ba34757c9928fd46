import type { Journal } from '../journal.ts';
import {
  nextPathCheck,
  type OperatorPath,
  type PathCheck,
  type PathChecks,
  type PathVerdict,
} from '../records/operator-path.ts';
import type { Clock } from '../time.ts';
import { type OperatorPaths, verdictOfAlarms, verdictOfDigest } from './path-verdict.ts';

export type PathServices = {
  operatorPaths: Pick<OperatorPaths, 'digest' | 'alarms'>;
  pathChecks: Pick<PathChecks, 'get' | 'record'>;
  clock: Clock;
  journal: Journal;
};

export type PathsReport = {
  /** As far as they could be written down. */
  checks: ReadonlyMap<OperatorPath, PathCheck>;
  /** What kept a path from being looked at or written down, with its name. */
  troubles: readonly string[];
};

/**
 * Looks at the paths on which the operator is told, without sending anything, and writes down what it finds. Never
 * throws: what fails is told by whoever looks at the routes as well.
 */
export async function checkPaths(services: PathServices): Promise<PathsReport> {
  const { operatorPaths } = services;
  const looks: Record<OperatorPath, () => Promise<PathVerdict>> = {
    digest: async () => verdictOfDigest(await operatorPaths.digest()),
    alarms: async () => verdictOfAlarms(await operatorPaths.alarms()),
  };
  const checks = new Map<OperatorPath, PathCheck>();
  const troubles: string[] = [];
  const note = (path: OperatorPath, error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    troubles.push(`the path of the ${path}: ${reason}`);
    return { state: 'unknown', reason } as const;
  };
  for (const path of ['digest', 'alarms'] as const) {
    const verdict = await looks[path]().catch((error: unknown) => note(path, error));
    await record(path, verdict, services).then(
      (check) => checks.set(path, check),
      (error: unknown) => note(path, error),
    );
  }
  return { checks, troubles };
}

async function record(path: OperatorPath, verdict: PathVerdict, services: PathServices): Promise<PathCheck> {
  const { pathChecks, clock, journal } = services;
  const previous = await pathChecks.get(path);
  const current = nextPathCheck(previous, verdict, clock.now());
  await pathChecks.record(path, current);
  if (current.state === 'closed' && current.reason && previous?.state !== 'closed') {
    journal({ kind: 'path closed', path, reason: current.reason });
  }
  if (current.state === 'open' && previous?.state === 'closed') {
    journal({ kind: 'path open again', path, closedSince: previous.since });
  }
  return current;
}
