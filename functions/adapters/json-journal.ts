import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Journal, JournalEvent } from '../core/journal.ts';
import {
  ACCEPTED_MAILS,
  AUDIT_FINDINGS,
  DEAD_TARGETS,
  dimensionOfMailbox,
  type MetricDefinition,
  OLDEST_OPEN_ALERT_AGE,
  POSTED_ALERTS,
  SENT_DIGESTS,
  SUCCESSFUL_POLLS,
  UNKNOWN_MAILS,
} from '../core/metrics.ts';
import { UNKNOWN_ROUTE } from '../core/records/ledger-entry.ts';

/**
 * The journal of a Lambda: one JSON line per event, and one per figure, from which CloudWatch Logs makes a metric
 * without an API call. Lines about an email have its mailId and mailbox, never its subject, sender or text: more people
 * can read logs than the mailbox.
 *
 * The stack's name comes from POWERTOOLS_SERVICE_NAME. One journal serves one invocation at a time, as a Lambda does.
 */
export function jsonJournal(): Journal {
  const logger = new Logger();
  const metrics = new Metrics({ namespace: ACCEPTED_MAILS.namespace });
  const figuresOf = figures();
  return (event) => {
    logger[levelOf(event)](event.kind, factsOf(event));
    for (const { metric, value, dimensions } of figuresOf(event)) emit(metrics, metric, value, dimensions);
  };
}

/** Writes a single metric at once, so that an invocation that dies has emitted it. */
function emit(metrics: Metrics, { name, unit }: MetricDefinition, value: number, dimensions: Dimensions = {}): void {
  const single = metrics.singleMetric();
  for (const [dimension, text] of Object.entries(dimensions)) single.addDimension(dimension, text);
  single.addMetric(name, unit, value);
}

function levelOf({ kind }: JournalEvent): 'info' | 'warn' | 'error' {
  switch (kind) {
    case 'poll failed':
    case 'audit failed':
    case 'alert dead':
    case 'route dead':
    case 'path closed':
      return 'error';
    case 'poll restarted':
    case 'alert handed back':
    case 'digest waits':
    case 'digest lease not ended':
      return 'warn';
    default:
      return 'info';
  }
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
    case 'audit finished': {
      const { findings, ...report } = event.report;
      return {
        ...report,
        findings: findings.map(({ kind, outcome, mailId, location, route }) => ({
          kind,
          outcome,
          mailId,
          ...location,
          route,
        })),
      };
    }
    case 'digest sent': {
      // Thousands of mailIds would not fit into a line; the ledger has the time at which each was settled.
      const { messageId, subject, mailIds } = event;
      return { messageId, subject, mails: mailIds.length };
    }
    default: {
      const { kind: _kind, ...facts } = event;
      return facts;
    }
  }
}

type Dimensions = Readonly<Record<string, string>>;
type Figure = { metric: MetricDefinition; value: number; dimensions?: Dimensions };

/** Emails are counted until their poll or audit ends; one line per email would flood the log. */
function figures(): (event: JournalEvent) => Figure[] {
  let accepted = 0;
  let unknown = 0;
  const mails = (): Figure[] => {
    const emitted = [
      { metric: ACCEPTED_MAILS, value: accepted },
      { metric: UNKNOWN_MAILS, value: unknown },
    ];
    accepted = 0;
    unknown = 0;
    return emitted;
  };
  return (event) => {
    switch (event.kind) {
      case 'mail accepted':
        accepted += 1;
        if (event.entry.route === UNKNOWN_ROUTE) unknown += 1;
        return [];
      case 'poll finished':
        return [{ metric: SUCCESSFUL_POLLS, value: 1, dimensions: dimensionOfMailbox(event.mailbox) }, ...mails()];
      case 'audit finished': {
        const { recovered, staleAlerts, staleUnknown } = event.report;
        return [{ metric: AUDIT_FINDINGS, value: recovered + staleAlerts + staleUnknown }, ...mails()];
      }
      case 'poll failed':
      case 'audit failed':
        return mails();
      case 'alerts posted':
        return [{ metric: POSTED_ALERTS, value: event.alerts.length }];
      case 'routes checked':
        return [{ metric: DEAD_TARGETS, value: event.dead + event.closedPaths }];
      case 'oldest open alert':
        return [{ metric: OLDEST_OPEN_ALERT_AGE, value: event.oldestAgeMs / 1000 }];
      case 'digest sent':
        return [{ metric: SENT_DIGESTS, value: 1 }];
      default:
        return [];
    }
  };
}
