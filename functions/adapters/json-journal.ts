import type { Journal, JournalEvent } from '../core/journal.ts';
import { DEAD_ROUTES } from '../core/metrics.ts';

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
  if (kind === 'poll failed' || kind === 'alert dead' || kind === 'route dead') return 'ERROR';
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
    case 'alerts redriven': {
      const { alerts, kind: _kind, ...facts } = event;
      return { ...facts, alerts: alerts.map(({ mailId, location }) => ({ mailId, mailbox: location.mailbox })) };
    }
    case 'alert handed back':
    case 'alert dead':
    case 'alert already settled': {
      const { alert, kind: _kind, ...facts } = event;
      return { mailId: alert?.mailId, mailbox: alert?.location.mailbox, route: alert?.route, ...facts };
    }
    case 'routes checked': {
      const { at, alive, dead, unknown } = event;
      return { at, alive, dead, unknown, ...metric(DEAD_ROUTES, dead, at) };
    }
    default: {
      const { kind: _kind, ...facts } = event;
      return facts;
    }
  }
}

/**
 * CloudWatch Logs makes a metric of a line that says so, without a call of its API:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * Without dimensions, because each set of them is billed as a metric of its own.
 */
function metric({ namespace, name }: { namespace: string; name: string }, value: number, at: Date) {
  const definition = { Namespace: namespace, Dimensions: [[]], Metrics: [{ Name: name, Unit: 'Count' }] };
  return { _aws: { Timestamp: at.getTime(), CloudWatchMetrics: [definition] }, [name]: value };
}
