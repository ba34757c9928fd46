import type { LedgerEntry } from '../../ledger/ledger-entry.ts';
import { failureName } from '../failure-name.ts';
import { EXAMPLES_SHOWN } from '../limits.ts';
import { type MailTold, mailTold } from '../view/email-view.ts';
import { beginningTold } from '../view/health.ts';
import { counted, duration, figure, shown, type TimeTeller } from '../view/words.ts';
import { auditDifferenceDetails, auditDifferenceTitle } from './audit-differs.ts';
import type { Need } from './needs.ts';

/** One thing that needs a person: what it is, what is known and can be done, which mails it holds up. */
export type NeedTold = {
  title: string;
  details: readonly string[];
  mails: readonly MailTold[];
  /** Text as it was found, to be shown as such. */
  quotes: readonly string[];
  /** What was left out of mails or quotes. */
  more: string | undefined;
};

const TITLE_CHARACTERS = 250;
const DETAIL_CHARACTERS = 900;

/** Puts a need into words that can be shown: servers, and whoever named a folder or a route, had a say in them. */
export function needTold(need: Need, at: Date, tell: TimeTeller): NeedTold {
  const { title, details, ...examples } = wordsOf(need, at, tell);
  return {
    ...examples,
    title: shown(title, TITLE_CHARACTERS),
    details: details.map((detail) => shown(detail, DETAIL_CHARACTERS)),
  };
}

function wordsOf(need: Need, at: Date, tell: TimeTeller): NeedTold {
  switch (need.kind) {
    case 'alerts undelivered':
      return undeliveredAlerts(need, at, tell);
    case 'route dead':
      return deadRoute(need, tell);
    case 'alarms unheard':
      return unheardAlarms(need, tell);
    case 'mailbox not read':
      return unreadMailbox(need, tell);
    case 'mailbox begins again':
      return {
        ...NOTHING_LISTED,
        title: upperFirst(beginsAgain(need, tell)),
        details: beginningTold(need.watermark, need.restarts, tell),
      };
    case 'mail recovered':
      return recoveredMail(need, tell);
    case 'messages unreadable':
      return unreadableMessages(need, tell);
    case 'dead letters not read':
      return {
        ...NOTHING_LISTED,
        title: `The dead letters of ${need.route} could not be read`,
        details: [
          `${shown(need.reason, 500)}.`,
          `Whether there are unreadable messages among them is not known. Look: npm run rollcall -- letters ${need.route}`,
        ],
      };
    case 'audit overdue':
      return {
        ...NOTHING_LISTED,
        title: need.since
          ? `${need.mailbox} has not been audited since ${tell(need.since)}`
          : `${need.mailbox} has never been audited`,
        details: [
          'Without the audit nobody compares the mailbox with the ledger. It should run daily: look at its schedule and at ' +
            'the log of audit-inbox.',
        ],
      };
    case 'mailbox left the settings':
      return {
        title: `${need.mailbox} left the settings with ${counted(need.entries.length, 'mail')} open`,
        details: [
          'Nobody polls or audits it any more. Put it back into the settings and deploy, or see to this mail in the ' +
            'mailbox itself.',
        ],
        ...examples(need.entries, (entry) => mailTold(entry.record, tell, { note: fateOf(entry) })),
      };
    case 'mail missing from the spool':
      return {
        title: `${counted(need.entries.length, 'unknown mail')} missing from the spool`,
        details: [
          'By the ledger this mail was handed to the spool, but no readable line there holds it. ' +
            'It stays open in the ledger and is told in every digest until one has carried it.',
        ],
        ...examples(need.entries, (entry) => mailTold(entry.record, tell, { note: locationOf(entry) })),
      };
    case 'spool damaged':
      return damagedSpool(need);
    case 'audit differs':
      return { ...NOTHING_LISTED, title: auditDifferenceTitle(need), details: auditDifferenceDetails(need) };
  }
}

const NOTHING_LISTED = { mails: [], quotes: [], more: undefined } as const;

function undeliveredAlerts(
  { route, isRetired, reason, alerts }: Extract<Need, { kind: 'alerts undelivered' }>,
  at: Date,
  tell: TimeTeller,
): NeedTold {
  const [oldest] = alerts;
  const age = oldest && duration(at.getTime() - oldest.acceptedAt.getTime());
  const failure = alerts.findLast(({ lastFailure }) => lastFailure)?.lastFailure;
  return {
    title: `${counted(alerts.length, 'alert')} for ${route} undelivered${age ? ` for ${age}` : ''}: ${reason}`,
    details: [
      ...(isRetired
        ? [`The route ${route} is not in the settings any more, so nothing delivers them. Put it back and deploy.`]
        : []),
      ...(failure ? [`${shown(failure.text, 500)} (${tell(failure.at)})`] : []),
    ],
    ...examples(alerts, (alert) => mailTold(alert.record, tell)),
  };
}

function deadRoute({ route, check }: Extract<Need, { kind: 'route dead' }>, tell: TimeTeller): NeedTold {
  const { since, checkedAt, failure } = check;
  return {
    ...NOTHING_LISTED,
    title: `Route ${route} has been dead since ${tell(since)}${failure ? `: ${failureName(failure)}` : ''}`,
    details: [
      ...(failure ? [shown(failure.text, 500)] : []),
      `Last looked at ${tell(checkedAt)}. Mail for it waits in the ledger until it answers again.`,
    ],
  };
}

function unheardAlarms({ check }: Extract<Need, { kind: 'alarms unheard' }>, tell: TimeTeller): NeedTold {
  const { since, checkedAt, reason } = check;
  return {
    ...NOTHING_LISTED,
    title: `No alarm has reached anyone since ${tell(since)}`,
    details: [...(reason ? [shown(reason, 500)] : []), `Last looked at ${tell(checkedAt)}.`],
  };
}

function unreadMailbox(
  { mailbox, since, error }: Extract<Need, { kind: 'mailbox not read' }>,
  tell: TimeTeller,
): NeedTold {
  const reason = error
    ? `Polls have failed since ${tell(error.since)}, last at ${tell(error.at)} (${error.kind}): ${shown(error.text, 500)}`
    : 'No poll reported a failure, so perhaps none was started: look at its schedule and at the log of poll-inbox.';
  return {
    ...NOTHING_LISTED,
    title: since ? `${mailbox} has not been read since ${tell(since)}` : `${mailbox} has never been read`,
    details: [reason],
  };
}

function recoveredMail(
  { mailbox, count, entries }: Extract<Need, { kind: 'mail recovered' }>,
  tell: TimeTeller,
): NeedTold {
  return {
    title: `The audit brought back ${counted(count, 'mail')} of ${mailbox}`,
    details: [
      `${count === 1 ? 'It was' : 'They were'} in the mailbox, and neither in the ledger nor anywhere else. ` +
        `${count === 1 ? 'It is' : 'They are'} handed over now; find out what lost ${count === 1 ? 'it' : 'them'}.`,
    ],
    mails: entries.map((entry) => mailTold(entry.record, tell, { note: fateOf(entry) })),
    quotes: [],
    more: count > entries.length ? `and ${figure(count - entries.length)} more` : undefined,
  };
}

function unreadableMessages(
  { route, letters }: Extract<Need, { kind: 'messages unreadable' }>,
  tell: TimeTeller,
): NeedTold {
  const oldestFirst = letters.toSorted((one, other) => one.sentAt.getTime() - other.sentAt.getTime());
  return {
    title: unreadableTitle({ route, letters }, tell),
    details: [
      'They name no email, so nothing can deliver them; they are reported until you remove them.',
      `Show and remove them: npm run rollcall -- letters ${route}`,
    ],
    mails: [],
    quotes: oldestFirst
      .slice(0, EXAMPLES_SHOWN)
      .map(({ sentAt, reason, body }) => `${tell(sentAt)}: ${shown(reason, 200)}: ${shown(body, 300)}`),
    more: moreThan(letters.length),
  };
}

/** Also in the subject. */
export function unreadableTitle(
  { route, letters }: Pick<Extract<Need, { kind: 'messages unreadable' }>, 'route' | 'letters'>,
  tell: TimeTeller,
): string {
  const since = new Date(Math.min(...letters.map(({ sentAt }) => sentAt.getTime())));
  return `${counted(letters.length, 'unreadable message')} in the dead-letter queue of ${route} since ${tell(since)}`;
}

function damagedSpool({ key, lines }: Extract<Need, { kind: 'spool damaged' }>): NeedTold {
  return {
    title: `${counted(lines.length, 'spool line')} damaged`,
    details: [
      `In segment ${shown(key, 300)}. All other lines of it are told. The segment moves to the digested ones as it is, ` +
        'so the damaged text is kept.',
    ],
    mails: [],
    quotes: lines
      .slice(0, EXAMPLES_SHOWN)
      .map(({ lineNumber, text, reason }) => `Line ${lineNumber}: ${shown(reason, 200)}: ${shown(text, 300)}`),
    more: moreThan(lines.length),
  };
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Also in the subject. */
export function beginsAgain(
  { watermark: { mailbox, beganAt }, restarts }: Extract<Need, { kind: 'mailbox begins again' }>,
  tell: TimeTeller,
): string {
  return restarts.some(({ reason }) => reason === 'watermark lost')
    ? `the watermark of ${mailbox} was lost and polls resumed from the ledger`
    : `accounting of ${mailbox} begins ${tell(beganAt)}, with nothing known from before`;
}

function examples(
  entries: readonly LedgerEntry[],
  tellOne: (entry: LedgerEntry) => MailTold,
): Pick<NeedTold, 'mails' | 'quotes' | 'more'> {
  return { mails: entries.slice(0, EXAMPLES_SHOWN).map(tellOne), quotes: [], more: moreThan(entries.length) };
}

function moreThan(total: number): string | undefined {
  return total > EXAMPLES_SHOWN ? `and ${figure(total - EXAMPLES_SHOWN)} more` : undefined;
}

function locationOf({ location: { mailbox, uid } }: LedgerEntry): string {
  return `${mailbox}, uid ${uid}`;
}

/** Where a mail lies, and what has become of it. */
function fateOf(entry: LedgerEntry): string {
  return `${locationOf(entry)}, ${entry.route}: ${FATES[entry.state]}`;
}

const FATES: Readonly<Record<LedgerEntry['state'], string>> = {
  accepted: 'on its way',
  dispatched: 'on its way',
  dead: 'waits for a person',
  settled: 'delivered since',
};
