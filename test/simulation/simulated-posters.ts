import { ALERTS_PER_BATCH, POST_CONCURRENCY, POST_TIMEOUT_MS } from '../../functions/core/delivery/delivery-limits.ts';
import { postAlerts } from '../../functions/core/delivery/post-alerts.ts';
import type { PostedRoute, PostServices } from '../../functions/core/delivery/posting.ts';
import type { Clock, ReceivedMessage } from '../../functions/core/ports.ts';
import type { SimulatedQueue } from './simulated-queue.ts';

/** What one invocation is given. `died` resolves when it is killed. */
export type Invoked = { services: PostServices; died: Promise<'died'> };

const IDLE_MS = 5_000;

let invocations = 0;

/**
 * The event source of one route, in simulated time: as many invocations at once as are deployed, batches of ten, partial
 * batch responses, nothing deleted when an invocation throws, dies, or takes longer than it may.
 *
 * @param invoke called for each invocation
 */
export function startSimulatedPosters(
  route: PostedRoute,
  queue: SimulatedQueue,
  clock: Clock,
  invoke: () => Invoked,
  batchSize = ALERTS_PER_BATCH,
): void {
  for (let poller = 0; poller < POST_CONCURRENCY; poller += 1) void poll();

  async function poll(): Promise<never> {
    for (;;) {
      const batch = queue.receive(batchSize);
      if (batch.length === 0) {
        await clock.wait(IDLE_MS);
        continue;
      }
      const handedBack = await handle(batch);
      for (const message of batch) if (!handedBack.has(message.messageId)) queue.remove(message);
    }
  }

  /** The messages that stay in the queue. */
  async function handle(batch: readonly ReceivedMessage[]): Promise<ReadonlySet<string>> {
    const { services, died } = invoke();
    invocations += 1;
    const holder = `invocation ${invocations}`;
    const endsAtMs = clock.now().getTime() + POST_TIMEOUT_MS;
    const remainingMs = () => endsAtMs - clock.now().getTime();
    const answered = postAlerts(batch, route, { holder, remainingMs }, services).catch(() => 'threw' as const);
    const result = await Promise.race([answered, died]);
    if (remainingMs() < 0) throw new Error(`${route.id}: an invocation outlived its time-out.`);
    const all = batch.map(({ messageId }) => messageId);
    return new Set(typeof result === 'string' ? all : result.handedBack);
  }
}
