import { systemClock } from '../adapters/system-clock.ts';
import type { RedriveServices } from '../core/delivery/redrive.ts';
import type { HandlerDependencies } from '../handler-dependencies.ts';
import { ledgerFrom } from './dynamo.ts';
import { deadLettersFrom, routeQueuesFrom } from './queues.ts';

/** What redrive needs: the same for check-routes and for the command. */
export function redriveServicesFrom({ environment, journal }: Omit<HandlerDependencies, 'settings'>): RedriveServices {
  return {
    ledger: ledgerFrom(environment),
    routeQueues: routeQueuesFrom(environment),
    deadLetters: deadLettersFrom(environment),
    clock: systemClock,
    journal,
  };
}
