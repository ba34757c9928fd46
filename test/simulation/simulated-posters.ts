import { ALERTS_PER_BATCH, POST_CONCURRENCY } from '../../functions/core/delivery/delivery-limits.ts';
import type { Endings } from '../../functions/core/delivery/posting.ts';
import type { ReceivedMessage } from '../../functions/core/records/alert-queue.ts';
import type { Clock } from '../../functions/core/time.ts';
import type { Ended } from './invocation.ts';
import type { SimulatedQueue } from './simulated-queue.ts';

/** How often an event source that is switched off looks whether it still is. */
const SWITCHED_OFF_MS = 15 * 60_000;

/**
 * The event source of one route: as many invocations at once as are deployed, batches of ten, partial batch responses,
 * nothing deleted when an invocation throws, dies, or takes longer than it may.
 *
 * @param invoke posts a batch; told which of the pollers asks, since each has a process of its own
 */
export function startSimulatedPosters(
  queue: SimulatedQueue,
  invoke: (batch: readonly ReceivedMessage[], poller: number) => Promise<Ended<Endings>>,
  {
    clock,
    isRunning = () => true,
    batchSize = ALERTS_PER_BATCH,
  }: { clock: Clock; isRunning?: () => boolean; batchSize?: number },
): void {
  for (let poller = 0; poller < POST_CONCURRENCY; poller += 1) void poll(poller);

  async function poll(poller: number): Promise<never> {
    for (;;) {
      await queue.whenVisible();
      while (!isRunning()) await clock.wait(SWITCHED_OFF_MS);
      const batch = queue.receive(batchSize);
      if (batch.length > 0) await handle(batch, poller);
    }
  }

  async function handle(batch: readonly ReceivedMessage[], poller: number): Promise<void> {
    const ended = await invoke(batch, poller);
    if (ended.kind !== 'ended well') return;
    for (const message of batch) {
      if (ended.result.get(message.messageId) !== 'returned') queue.remove(message);
    }
  }
}
