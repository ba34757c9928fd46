import type { Journal, JournalEvent } from '../../functions/core/journal.ts';

/** Keeps every event in order. Call it as the journal; read `events`, or those of one kind. */
export function recordingJournal(): Journal & {
  events: readonly JournalEvent[];
  of<Kind extends JournalEvent['kind']>(kind: Kind): Extract<JournalEvent, { kind: Kind }>[];
} {
  const events: JournalEvent[] = [];
  return Object.assign(
    (event: JournalEvent) => {
      events.push(event);
    },
    {
      events,
      of<Kind extends JournalEvent['kind']>(kind: Kind) {
        return events.filter((event): event is Extract<JournalEvent, { kind: Kind }> => event.kind === kind);
      },
    },
  );
}
