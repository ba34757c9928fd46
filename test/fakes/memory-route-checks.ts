import type { RouteCheck, RouteChecks } from '../../functions/core/records/route-check.ts';

/** The checks of routes in memory. */
export function memoryRouteChecks(): RouteChecks {
  const checks = new Map<string, RouteCheck>();
  return {
    get: async (route) => copyOf(checks.get(route)),
    record: async (route, check) => {
      checks.set(route, { ...check });
    },
  };
}

function copyOf(check: RouteCheck | undefined): RouteCheck | undefined {
  return check && { ...check };
}
