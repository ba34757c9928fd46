/** Work that did not end within its time. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/**
 * Waits for `work` for `ms` milliseconds at most, and leaves no timer behind.
 *
 * @param late says what timed out, and what comes next
 * @throws `late`; what becomes of the work after that, good or bad, is dropped
 */
export async function withTimeout<T>(ms: number, work: Promise<T>, late: TimedOut): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
