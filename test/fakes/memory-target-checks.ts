import type { TargetCheck, TargetChecks } from '../../functions/core/records/target-check.ts';

/** The checks of targets in memory. */
export function memoryTargetChecks(): TargetChecks {
  const checks = new Map<string, TargetCheck>();
  return {
    get: async (target) => copyOf(checks.get(target)),
    record: async (target, check) => {
      checks.set(target, { ...check });
    },
  };
}

function copyOf(check: TargetCheck | undefined): TargetCheck | undefined {
  return check && { ...check };
}
