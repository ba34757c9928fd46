const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * How long an alert waits before its next try if the chat service gives no time: 30 s, doubled with each receive up to
 * 15 minutes, less a random part of up to a quarter, so that many alerts do not return at once. With `RETRY_RECEIVES`
 * this covers an outage of 2.8 to 3.8 hours, 3.3 on average.
 *
 * @param receiveCount how often the queue has delivered it, 1 the first time
 * @param random 0 (inclusive) to 1 (exclusive)
 */
export function retryWaitMs(receiveCount: number, random: number): number {
  const fullMs = Math.min(FIRST_WAIT_MS * 2 ** (receiveCount - 1), LONGEST_WAIT_MS);
  return Math.round(fullMs * (1 - random / 4));
}
