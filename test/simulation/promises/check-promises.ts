import type { Observed } from '../observed.ts';
import { auditTrue } from './audit-true.ts';
import type { Broken } from './broken.ts';
import { digestEveryDay } from './digest-every-day.ts';
import { failuresTold, healthTold } from './failures-told.ts';
import { listingsRefused } from './listings-refused.ts';
import { nothingLost } from './nothing-lost.ts';
import { carriedOnce, nothingTwice } from './nothing-twice.ts';
import { hostileHeld, onlyRead } from './only-read.ts';
import { viewOf } from './view.ts';

const CHECKS = [
  nothingLost,
  nothingTwice,
  carriedOnce,
  failuresTold,
  healthTold,
  listingsRefused,
  digestEveryDay,
  auditTrue,
  onlyRead,
  hostileHeld,
];

/** Every promise of functions/ARCHITECTURE.md that what was observed breaks. */
export function brokenPromises(observed: Observed): Broken[] {
  const view = viewOf(observed);
  return CHECKS.flatMap((check) => check(view));
}
