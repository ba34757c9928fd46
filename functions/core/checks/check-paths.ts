import type { DeliveryFailure } from '../records/delivery-failure.ts';
import { OPERATOR_PATHS, type OperatorPath, type TargetCheck, type TargetStatus } from '../records/target-check.ts';
import { type OperatorPaths, statusOfAlarms, statusOfDigest } from './path-status.ts';
import { type RecordServices, recordStatus } from './record-status.ts';

export type PathServices = RecordServices & { operatorPaths: Pick<OperatorPaths, 'digest' | 'alarms'> };

export type PathsReport = {
  /** Those that could be recorded. */
  checks: readonly TargetCheck[];
  /** Why a path could not be checked or recorded, with its name. */
  errors: readonly string[];
};

/**
 * Checks the operator paths without sending anything, and records the results. Never throws: the route check reports
 * what failed.
 */
export async function checkPaths(services: PathServices): Promise<PathsReport> {
  const { operatorPaths, clock } = services;
  const probes: Record<OperatorPath, () => Promise<TargetStatus>> = {
    digest: async () => statusOfDigest(await operatorPaths.digest(), clock.now()),
    alarms: async () => statusOfAlarms(await operatorPaths.alarms(), clock.now()),
  };
  const checks: TargetCheck[] = [];
  const errors: string[] = [];
  const note = (path: OperatorPath, error: unknown): TargetStatus => {
    const text = error instanceof Error ? error.message : String(error);
    errors.push(`the path of the ${path}: ${text}`);
    return { state: 'unknown', failure: { kind: 'unexpected', status: null, code: null, text, at: clock.now() } };
  };
  for (const path of OPERATOR_PATHS) {
    const status = await probes[path]().catch((error: unknown) => note(path, error));
    await record(path, status, services).then(
      (check) => checks.push(check),
      (error: unknown) => note(path, error),
    );
  }
  return { checks, errors };
}

function record(path: OperatorPath, status: TargetStatus, services: RecordServices): Promise<TargetCheck> {
  const events = {
    died: ({ text }: DeliveryFailure) => ({ kind: 'path closed', path, reason: text }) as const,
    revived: (closedSince: Date) => ({ kind: 'path open again', path, closedSince }) as const,
  };
  return recordStatus(`path/${path}`, status, events, services);
}
