import type { DigestRuns, SentDigest } from '../../functions/core/digest/run.ts';

/** The lease on the run of a digest in memory, with the promises of the one in DynamoDB. */
export function memoryDigestRuns(): DigestRuns {
  let sent: SentDigest | undefined;
  let lease: { holder: string; until: Date } | undefined;
  return {
    async begin({ holder, at, until }) {
      if (lease && lease.holder !== holder && lease.until > at) return { kind: 'another runs', until: lease.until };
      lease = { holder, until };
      return { kind: 'begun' };
    },
    async recordSent(digest) {
      sent = digest;
    },
    lastSent: async () => sent,
    async end(holder) {
      if (lease?.holder === holder) lease = undefined;
    },
  };
}
