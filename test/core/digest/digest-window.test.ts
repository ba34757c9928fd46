import { describe, expect, it } from 'vitest';
import { AUDIT_TIMEOUT_MS } from '../../../functions/core/audit/audit-limits.ts';
import { SETTLED_MS } from '../../../functions/core/digest/limits.ts';
import { isWithin, windowOf } from '../../../functions/core/digest/window.ts';
import { POLL_TIMEOUT_MS } from '../../../functions/core/poll/poll-limits.ts';
import { hoursAgo, NOW } from './digest-fixtures.ts';

const MINUTE_MS = 60_000;
const earlier = (time: Date, ms: number) => new Date(time.getTime() - ms);

describe('the window of a digest', () => {
  it('ends before whatever a poll or an audit may still be writing, with minutes for the index', () => {
    expect(SETTLED_MS).toBeGreaterThanOrEqual(Math.max(POLL_TIMEOUT_MS, AUDIT_TIMEOUT_MS) + 5 * MINUTE_MS);
    expect(windowOf(NOW, SETTLED_MS, undefined).until).toEqual(earlier(NOW, SETTLED_MS));
  });

  it('begins where the one before has ended, however long ago that was', () => {
    for (const countedUntil of [hoursAgo(24), hoursAgo(24 * 90), hoursAgo(0.5)]) {
      expect(windowOf(NOW, SETTLED_MS, { at: hoursAgo(0.1), countedUntil }).from).toEqual(countedUntil);
    }
  });

  it('begins before the deployment, where it is the first one', () => {
    expect(windowOf(NOW, SETTLED_MS, undefined).from).toEqual(earlier(NOW, SETTLED_MS + 31 * 24 * 60 * MINUTE_MS));
  });

  it('is empty where the last digest has just been sent, and the next one begins there', () => {
    const countedUntil = hoursAgo(0.05);
    const window = windowOf(NOW, SETTLED_MS, { at: countedUntil, countedUntil });
    expect(window).toEqual({ from: countedUntil, until: countedUntil });
    expect(isWithin(countedUntil, window)).toBe(false);
  });

  it('holds its last moment, and not its first', () => {
    const window = windowOf(NOW, SETTLED_MS, { at: hoursAgo(24), countedUntil: hoursAgo(24) });
    expect([window.from, window.until].map((time) => isWithin(time, window))).toEqual([false, true]);
  });
});
