export const LATE = Symbol('late');

/**
 * Waits for `work`, for `ms` milliseconds at most, and leaves no timer behind.
 *
 * @returns what `work` resolves to, or `LATE`; what becomes of the work after that, good or bad, is dropped
 */
export async function atMost<T>(ms: number, work: Promise<T>): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
