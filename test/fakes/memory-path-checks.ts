import type { OperatorPath, PathCheck, PathChecks } from '../../functions/core/records/operator-path.ts';

/** The checks of the paths to the operator in memory. */
export function memoryPathChecks(): PathChecks {
  const checks = new Map<OperatorPath, PathCheck>();
  return {
    get: async (path) => copyOf(checks.get(path)),
    record: async (path, check) => {
      checks.set(path, { ...check });
    },
  };
}

function copyOf(check: PathCheck | undefined): PathCheck | undefined {
  return check && { ...check };
}
