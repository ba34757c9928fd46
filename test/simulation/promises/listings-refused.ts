import type { Broken } from './broken.ts';
import type { View } from './view.ts';

/** P4: a poll or an audit that meets a listing which lacks emails fails, so that its reader hears of it. */
export function listingsRefused({ invocations, refusedListings }: View): Broken[] {
  return refusedListings.flatMap(({ mailbox, atMs }) => {
    const reading = invocations.filter(
      (one) => one.mailbox === mailbox && one.startedMs <= atMs && one.endedMs >= atMs,
    );
    if (reading.some(({ ended }) => ended !== 'ended well')) return [];
    return [
      { promise: 'P4', what: `a listing of ${mailbox} lacked emails, and ${reading.map(({ id }) => id)} succeeded` },
    ];
  });
}
