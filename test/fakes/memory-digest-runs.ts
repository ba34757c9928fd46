import type { DigestRuns } from '../../functions/core/ports.ts';

/** The lease on the run of a digest in memory, with the promises of the one in DynamoDB. */
export function memoryDigestRuns(): DigestRuns {
  let sentAt: Date | undefined;
  let lease: { holder: string; until: Date } | undefined;
  return {
    async begin({ holder, at, until }) {
      if (lease && lease.holder !== holder && lease.until > at) return { kind: 'another runs', until: lease.until };
      lease = { holder, until };
      return { kind: 'begun' };
    },
    async recordSent(at) {
      sentAt = at;
    },
    lastSentAt: async () => sentAt,
    async end(holder) {
      if (lease?.holder === holder) lease = undefined;
    },
  };
}
