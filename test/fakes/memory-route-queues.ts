import type { QueueMessage } from '../../functions/core/records/alert.ts';
import type { RouteQueues } from '../../functions/core/records/route-queues.ts';

/** Queues in memory; `sent` shows what each route was handed, in order and with repeats. */
export function memoryRouteQueues(): RouteQueues & { sent(route: string): QueueMessage[]; all(): QueueMessage[] } {
  const queues = new Map<string, QueueMessage[]>();
  return {
    all: () => structuredClone([...queues.values()].flat()),
    sent: (route) => structuredClone(queues.get(route) ?? []),
    async send(route, messages) {
      queues.set(route, [...(queues.get(route) ?? []), ...structuredClone(messages)]);
    },
  };
}
