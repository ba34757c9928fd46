import type { Pause, Pauses } from '../../functions/core/records/pause.ts';

/** Pauses in memory, with the promises of the DynamoDB ones; `all` shows what was paused, by name. */
export function memoryPauses(): Pauses & { all: ReadonlyMap<string, Pause> } {
  const all = new Map<string, Pause>();
  return {
    all,
    async active(names, at) {
      return names.map((name) => all.get(name)).filter((pause): pause is Pause => !!pause && pause.until > at);
    },
    async pause(name, pause) {
      const standing = all.get(name);
      if (!standing || standing.until < pause.until) all.set(name, structuredClone(pause));
    },
    async lift(name) {
      all.delete(name);
    },
  };
}
