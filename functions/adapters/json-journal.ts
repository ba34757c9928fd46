import type { Journal, JournalEvent } from '../core/journal.ts';

/**
 * The journal of a Lambda: one JSON line an event, for CloudWatch Logs. Lines about a mail carry its mailId and mailbox,
 * never its subject, sender or text: logs are read by more people than the mailbox is.
 *
 * @param write takes one line; `console.log` in Lambda.
 */
export function jsonJournal(write: (line: string) => void): Journal {
  return (event) => write(JSON.stringify({ level: levelOf(event), event: event.kind, ...factsOf(event) }));
}

function levelOf({ kind }: JournalEvent): 'INFO' | 'WARN' | 'ERROR' {
  if (kind === 'poll failed' || kind === 'alert dead') return 'ERROR';
  return kind === 'uidValidity changed' || kind === 'alert handed back' ? 'WARN' : 'INFO';
}

function factsOf(event: JournalEvent): Record<string, unknown> {
  switch (event.kind) {
    case 'mail accepted':
    case 'mail handed over': {
      const { mailId, location, route, rule } = event.entry;
      return { mailId, ...location, route, rule };
    }
    case 'alerts posted':
      return {
        route: event.route,
        discordMessageId: event.discordMessageId,
        alerts: event.alerts.map(({ mailId, location }) => ({ mailId, mailbox: location.mailbox })),
      };
    case 'alert handed back':
    case 'alert dead':
    case 'alert already settled': {
      const { alert, kind: _kind, ...facts } = event;
      return { mailId: alert?.mailId, mailbox: alert?.location.mailbox, route: alert?.route, ...facts };
    }
    default: {
      const { kind: _kind, ...facts } = event;
      return facts;
    }
  }
}
