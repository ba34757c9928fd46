import { digestedKeyOf, PENDING_PREFIX, type Spool } from '../../functions/core/records/spool.ts';

/** The spool in memory; `objects` shows every segment, pending and digested, by key. */
export function memorySpool(): Spool & {
  objects: ReadonlyMap<string, string>;
  /** Loses a segment, as no real spool should. */
  lose(key: string): void;
} {
  const objects = new Map<string, string>();
  return {
    objects,
    lose: (key) => {
      objects.delete(key);
    },
    async write({ key, text }) {
      objects.set(key, text);
    },
    async *pending() {
      for (const key of [...objects.keys()].filter((candidate) => candidate.startsWith(PENDING_PREFIX))) {
        const text = objects.get(key);
        if (text !== undefined) yield { key, text };
      }
    },
    async archive(key, day) {
      const text = objects.get(key);
      if (text === undefined) return;
      objects.set(digestedKeyOf(key, day), text);
      objects.delete(key);
    },
  };
}
