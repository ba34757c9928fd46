import type { Journal } from '../journal.ts';
import {
  nextCheck,
  type OperatorPath,
  type TargetCheck,
  type TargetChecks,
  type TargetStatus,
} from '../records/target-check.ts';
import type { Clock } from '../time.ts';
import { type OperatorPaths, statusOfAlarms, statusOfDigest } from './path-status.ts';

export type PathServices = {
  operatorPaths: Pick<OperatorPaths, 'digest' | 'alarms'>;
  targetChecks: Pick<TargetChecks, 'get' | 'record'>;
  clock: Clock;
  journal: Journal;
};

export type PathsReport = {
  /** As far as they could be written down. */
  checks: ReadonlyMap<OperatorPath, TargetCheck>;
  /** What kept a path from being looked at or written down, with its name. */
  troubles: readonly string[];
};

/**
 * Looks at the paths on which the operator is told, without sending anything, and writes down what it finds. Never
 * throws: what fails is told by whoever looks at the routes as well.
 */
export async function checkPaths(services: PathServices): Promise<PathsReport> {
  const { operatorPaths, clock } = services;
  const looks: Record<OperatorPath, () => Promise<TargetStatus>> = {
    digest: async () => statusOfDigest(await operatorPaths.digest(), clock.now()),
    alarms: async () => statusOfAlarms(await operatorPaths.alarms(), clock.now()),
  };
  const checks = new Map<OperatorPath, TargetCheck>();
  const troubles: string[] = [];
  const note = (path: OperatorPath, error: unknown): TargetStatus => {
    const text = error instanceof Error ? error.message : String(error);
    troubles.push(`the path of the ${path}: ${text}`);
    return { state: 'unknown', failure: { kind: 'unexpected', status: null, code: null, text, at: clock.now() } };
  };
  for (const path of ['digest', 'alarms'] as const) {
    const status = await looks[path]().catch((error: unknown) => note(path, error));
    await record(path, status, services).then(
      (check) => checks.set(path, check),
      (error: unknown) => note(path, error),
    );
  }
  return { checks, troubles };
}

async function record(path: OperatorPath, status: TargetStatus, services: PathServices): Promise<TargetCheck> {
  const { targetChecks, clock, journal } = services;
  const previous = await targetChecks.get(`path/${path}`);
  const current = nextCheck(previous, status, clock.now());
  await targetChecks.record(`path/${path}`, current);
  if (current.state === 'dead' && current.failure && previous?.state !== 'dead') {
    journal({ kind: 'path closed', path, reason: current.failure.text });
  }
  if (current.state === 'alive' && previous?.state === 'dead') {
    journal({ kind: 'path open again', path, closedSince: previous.since });
  }
  return current;
}
