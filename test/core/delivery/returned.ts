import type { Endings } from '../../../functions/core/delivery/posting.ts';
import type { ReceivedMessage } from '../../../functions/core/records/alert-queue.ts';

/** The messages that stay in the queue. @throws where a message of the batch has no ending, or another one has */
export function returnedOf(batch: readonly ReceivedMessage[], endings: Endings): { returned: string[] } {
  const ids = batch.map(({ messageId }) => messageId).toSorted();
  if (JSON.stringify(ids) !== JSON.stringify([...endings.keys()].toSorted())) {
    throw new Error(`Of the messages ${ids}, these have an ending: ${[...endings.keys()]}`);
  }
  return { returned: [...endings].flatMap(([messageId, ending]) => (ending === 'returned' ? [messageId] : [])) };
}
