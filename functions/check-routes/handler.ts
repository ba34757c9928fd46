import { type CheckReport, checkRoutes } from '../core/checks/check-routes.ts';
import type { OperatorPaths } from '../core/checks/path-status.ts';
import type { HandlerDependencies } from '../handler-dependencies.ts';
import { chatProbeFrom } from '../wiring/chat.ts';
import { pausesFrom, targetChecksFrom } from '../wiring/dynamo.ts';
import { operatorPathsFrom } from '../wiring/operator-paths.ts';
import { redriveServicesFrom } from '../wiring/redrive.ts';

/**
 * Probes every route's target without posting, and the operator paths without sending; requeues what is parked for
 * routes that answer.
 */
export function createCheckRoutes(
  { settings, environment, journal }: HandlerDependencies,
  operatorPaths: OperatorPaths = operatorPathsFrom(environment, settings),
) {
  const services = {
    ...redriveServicesFrom({ environment, journal }),
    targetChecks: targetChecksFrom(environment),
    operatorPaths,
    pauses: pausesFrom(environment),
  };
  const routes = settings.routes.map((route) => ({ ...route, chat: chatProbeFrom(environment, route) }));
  return async (_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<CheckReport['redrives']> => {
    const { redrives } = await checkRoutes(routes, services, () => context.getRemainingTimeInMillis());
    return redrives;
  };
}
