/** Work that did not end within its time. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/**
 * Waits for `work` for at most `ms` milliseconds, and leaves no timer behind.
 *
 * @param late says what timed out, and what happens next
 * @throws `late`; any later result or error of the work is ignored
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
