/** What a function may weigh and how long it may take to load, over a handler that does nothing (the design's section 10). */
export type Budget = {
  /** Of 1,000 bytes: minified, with everything that it needs. */
  kilobytes: number;
  initMs: number;
};

/** By the folder under `functions/`. */
export const BUDGETS: Readonly<Record<string, Budget>> = {
  'poll-inbox': { kilobytes: 1_000, initMs: 90 },
  // It reads mail as the poll does.
  'audit-inbox': { kilobytes: 1_000, initMs: 90 },
  'post-to-discord': { kilobytes: 400, initMs: 45 },
  'send-digest': { kilobytes: 600, initMs: 60 },
  // It asks two services more than the poster: SES and SNS.
  'check-routes': { kilobytes: 500, initMs: 60 },
};
