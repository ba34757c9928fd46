import { styleText } from 'node:util';
import stringWidth from 'string-width';
import type { Journal, JournalEvent } from '../../functions/core/journal.ts';
import { senderWithin } from '../../functions/core/mail/address-text.ts';
import { cutText, displayedText } from '../../functions/core/mail/displayed-text.ts';
import type { MailRecord } from '../../functions/core/mail/mail.ts';
import type { AuditReport } from '../../functions/core/records/audit-report.ts';
import { UNKNOWN_ROUTE } from '../../functions/core/records/ledger-entry.ts';
import type { Restart } from '../../functions/core/records/watermark.ts';

type Style = Parameters<typeof styleText>[0];
type Fate = { style: Style; text: string };

const ROUTE_COLUMNS = 9;
const RULE_COLUMNS = 20;
const FROM_COLUMNS = 26;
const SUBJECT_COLUMNS = 44;

/**
 * The journal of the local run: one line per email, once its result is known, and one line for anything else worth
 * showing.
 */
export function terminalJournal(print: (line: string) => void, now: () => Date): Journal {
  const line = (route: string, rule: string | null, record: MailRecord, fate: Fate) => {
    const columns = [
      styleText('dim', now().toTimeString().slice(0, 8)),
      styleText('bold', fitted(route, ROUTE_COLUMNS)),
      fitted(rule ?? '–', RULE_COLUMNS),
      fitted(senderWithin(record.from, FROM_COLUMNS) || '(no sender)', FROM_COLUMNS),
      fitted(record.subject || '(no subject)', SUBJECT_COLUMNS),
      styleText(fate.style, fate.text),
    ];
    print(columns.join('  '));
  };
  const notice = (style: Style, text: string) =>
    print(`${styleText('dim', now().toTimeString().slice(0, 8))}  ${styleText(style, text)}`);

  return (event) => {
    switch (event.kind) {
      case 'mail handed over':
        if (event.entry.route === UNKNOWN_ROUTE) {
          line(event.entry.route, null, event.entry.record, { style: 'dim', text: 'spooled for the digest' });
        }
        return;
      case 'alerts posted':
        for (const { route, rule, record } of event.alerts)
          line(route, rule, record, { style: 'green', text: 'posted' });
        return;
      case 'alert dead':
        if (event.alert) {
          const { route, rule, record } = event.alert;
          line(route, rule, record, { style: 'red', text: `dead letter: ${event.failure.text}` });
        } else notice('red', `a message in the queue of ${event.route} is a dead letter: ${event.failure.text}`);
        return;
      case 'alert handed back': {
        const { route, rule, record } = event.alert;
        const why = event.failure?.text ?? 'another invocation holds it';
        line(route, rule, record, { style: 'yellow', text: `waits ${Math.ceil(event.delayMs / 1000)} s: ${why}` });
        return;
      }
      default:
        return printNotice(event, notice);
    }
  };
}

const RESTART_TEXTS: Readonly<Record<Restart['reason'], string>> = {
  renumbered: 'UIDVALIDITY changed',
  'uids reused': 'the server reuses its uids',
  renamed: 'the mailbox was renamed',
  'watermark lost': 'the watermark is lost, resuming from the ledger',
  rescan: 'a rescan was requested',
};

function printNotice(event: JournalEvent, notice: (style: Style, text: string) => void): void {
  switch (event.kind) {
    case 'baseline set':
      notice('dim', `${event.mailbox}: accounting begins above uid ${event.baselineUid}`);
      break;
    case 'poll restarted':
      notice(
        'yellow',
        `${event.mailbox}: ${RESTART_TEXTS[event.restart.reason]}, reading again from uid ${event.rescanFromUid}`,
      );
      break;
    case 'poll failed':
      notice('red', `${event.mailbox}: the poll failed (${event.failure.kind}): ${event.failure.text}`);
      break;
    case 'poll finished':
      if (event.accepted + event.recognised > 0) notice('dim', countsOf(event));
      break;
    case 'route dead':
      notice('red', `route ${event.route} is dead: ${event.failure.text}`);
      break;
    case 'route alive again':
      notice(
        'green',
        `route ${event.route} is alive again; it was dead since ${event.deadSince.toTimeString().slice(0, 8)}`,
      );
      break;
    case 'alerts redriven':
      notice('cyan', `${event.route}: ${event.alerts.length} alerts requeued`);
      break;
    case 'audit finished':
      printAudit(event.report, notice);
      break;
    case 'audit failed':
      notice('red', `${event.mailbox}: the audit failed (${event.failure.kind}): ${event.failure.text}`);
      break;
    case 'digest waits':
      notice(
        'yellow',
        `another digest is running, until ${event.until.toTimeString().slice(0, 8)} at the latest; this one waits`,
      );
      break;
    case 'digest lease not ended':
      notice(
        'yellow',
        `the lease of the digest stays until ${event.until.toTimeString().slice(0, 8)}: ${event.reason}`,
      );
      break;
    case 'digest sent':
      notice('cyan', `digest sent: ${event.subject}`);
      break;
  }
}

function countsOf({ mailbox, accepted, recognised, left }: Extract<JournalEvent, { kind: 'poll finished' }>): string {
  const known = recognised > 0 ? `, ${recognised} known already` : '';
  return `${mailbox}: ${accepted} new${known}${left > 0 ? `, ${left} left for the next poll` : ''}`;
}

function printAudit(
  { mailbox, inMailbox, accounted, recovered, staleAlerts, staleUnknown, left, findings }: AuditReport,
  notice: (style: Style, text: string) => void,
): void {
  const found = recovered + staleAlerts + staleUnknown;
  const waiting = left > 0 ? `, ${left} left for the next audit` : '';
  const stale = staleAlerts + staleUnknown > 0 ? `, ${staleAlerts + staleUnknown} waited too long` : '';
  notice(
    found + left > 0 ? 'yellow' : 'dim',
    `${mailbox}: audit: ${accounted} of ${inMailbox} accounted for, ${recovered} recovered${stale}${waiting}`,
  );
  for (const { kind, outcome, route, from, subject } of findings) {
    const mail = displayedText(`${from || '(no sender)'}: ${subject || '(no subject)'}`);
    notice('yellow', `  ${kind}, ${outcome} (${route}): ${cutText(mail, FROM_COLUMNS + SUBJECT_COLUMNS)}`);
  }
}

/** Exactly this many terminal columns: East Asian characters take two. */
function fitted(text: string, columns: number): string {
  let shown = cutText(displayedText(text), columns);
  while (stringWidth(shown) > columns) shown = cutText(shown, shown.length - 1);
  return shown + ' '.repeat(columns - stringWidth(shown));
}
