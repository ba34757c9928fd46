import type { Random } from '../fuzz/random.ts';
import { DAY_MS, MINUTE_MS, type Plan, type PlannedEvent, type PlannedMail, timeOf } from './plan.ts';
import { randomMail } from './random-mail.ts';
import { moment, sameAccount } from './random-mailbox-events.ts';
import type { MailboxName } from './simulated-settings.ts';

type Arrival = PlannedEvent & { kind: 'mail arrives' };
type Surroundings = Pick<Plan, 'healsAtMs' | 'pollEveryMs' | 'mailboxes'> & {
  /** A token that no other email has. */
  nextToken: () => number;
};

/**
 * What servers do that no client asked for: they withhold an email, leave emails out of listings, show one late, and give
 * uids twice. Each is mostly close to an email that arrives, since a poll that has nothing to read asks for the status only.
 */
export function randomServerEvents(
  events: readonly PlannedEvent[],
  { healsAtMs, pollEveryMs, mailboxes, nextToken }: Surroundings,
  random: Random,
): PlannedEvent[] {
  const arrivals = events.filter((event): event is Arrival => event.kind === 'mail arrives');
  const longestMs = () => random.pick([MINUTE_MS, pollEveryMs, 2 * pollEveryMs, 2 * DAY_MS]);

  function besideArrival() {
    const { atMs, mailbox, mail } = random.pick(arrivals);
    const fromMs = random.chance(0.7) ? atMs - MINUTE_MS : atMs + random.between(0, pollEveryMs);
    return {
      mailbox,
      token: mail.token,
      fromMs,
      toMs: Math.max(atMs, fromMs) + random.between(MINUTE_MS, longestMs()),
    };
  }

  function withheld(): PlannedEvent[] {
    const { mailbox, ...window } = besideArrival();
    return [{ kind: 'mail is withheld', ...window }];
  }

  function capped(): PlannedEvent[] {
    const { token, ...window } = besideArrival();
    const cap = { keeps: random.pick(['newest', 'oldest'] as const), count: random.between(0, 2) };
    return [{ kind: 'listing is capped', ...window, cap }];
  }

  function late(): PlannedEvent[] {
    const fromMs = random.between(0, healsAtMs);
    const toMs = fromMs + (random.chance(0.3) ? random.between(1, 5_000) : random.between(MINUTE_MS, longestMs()));
    const mailbox = random.pick(mailboxes);
    const later = { kind: 'mail arrives', mailbox, mail: randomMail(nextToken(), random) } as const;
    const mail = randomMail(nextToken(), random);
    const uidsAfter = random.pick([0, 0, 1, 150]);
    return [
      { kind: 'mail is visible late', mailbox, mail, uidsAfter, fromMs, toMs },
      // One that is seen before it, so that the watermark passes it.
      { ...later, atMs: fromMs + random.between(0, Math.min(toMs - fromMs, pollEveryMs)) },
    ];
  }

  /** One email gone and some new, close to each other: UIDNEXT may then be where it was. */
  function reused(): PlannedEvent[] {
    const { mailbox, atMs, mail } = random.pick(arrivals);
    const fromMs = Math.max(0, atMs) + random.between(0, 2 * pollEveryMs);
    const spanMs = random.pick([3_000, MINUTE_MS, pollEveryMs]);
    const within = () => fromMs + random.between(0, spanMs);
    const isReversed = random.chance(0.3);
    const fresh = Array.from({ length: random.between(0, 2) }, () => ({
      ...({ kind: 'mail arrives', mailbox } as const),
      ...{ mail: randomMail(nextToken(), random), atMs: fromMs + spanMs + random.between(0, MINUTE_MS) },
    }));
    return [
      { kind: 'mail is expunged', token: mail.token, ...moment(within(), random) },
      { kind: 'uids are reused', mailbox, isReversed, ...moment(fromMs + spanMs, random) },
      ...fresh,
    ];
  }

  return [withheld, withheld, capped, late, late, reused].flatMap((draw) => (random.chance(0.12) ? draw() : []));
}

/** Two emails, of which the second one looks like a copy of the first and is none. */
export function randomTwins(
  { healsAtMs, pollEveryMs, mailboxes, nextToken }: Surroundings,
  random: Random,
): PlannedEvent[] {
  const mailbox = random.pick(mailboxes);
  const atMs = random.between(0, healsAtMs);
  const differsIn = random.pick(['text', 'verdict'] as const);
  const first = firstTwin(differsIn, nextToken(), random);
  const laterMs = atMs + random.between(0, random.pick([MINUTE_MS, pollEveryMs, 2 * DAY_MS]));
  const to: MailboxName = random.pick(sameAccount(mailbox, mailboxes));
  const twin = { of: first.token, token: nextToken(), differsIn, mailbox: to } as const;
  const gone = { kind: 'mail is expunged', token: first.token, atMs: random.between(atMs, laterMs) } as const;
  return [
    { kind: 'mail arrives', atMs, mailbox, mail: first },
    { kind: 'twin arrives', ...twin, ...moment(laterMs, random) },
    ...(random.chance(0.2) ? [gone] : []),
  ];
}

function firstTwin(differsIn: 'text' | 'verdict', token: number, random: Random): PlannedMail {
  const mail = randomMail(token, random);
  if (differsIn === 'text') return mail;
  const isForged = random.chance(0.7);
  const messageId = mail.messageId ?? `<${token}@example.com>`;
  const snippet = mail.isRefused ? '' : mail.snippet;
  return { ...mail, messageId, snippet, isForged, isRefused: false, route: isForged ? 'unknown' : 'vip' };
}

/**
 * Without audits these stay away: polls alone cannot find an email at a uid that they have passed, unless it is near the
 * end of the mailbox and another one arrives.
 */
export function isLeftToAudits(event: PlannedEvent, events: readonly PlannedEvent[]): boolean {
  if (event.kind === 'uids are reused') return true;
  if (event.kind !== 'mail is visible late' && event.kind !== 'listing is capped') return false;
  if (event.kind === 'mail is visible late' && (event.uidsAfter > 50 || event.toMs - timeOf(event) > DAY_MS))
    return true;
  const { mailbox, fromMs } = event;
  return events.some(
    (other) =>
      VOIDS_UIDS.has(other.kind) && 'mailbox' in other && other.mailbox === mailbox && timeOf(other) >= fromMs - DAY_MS,
  );
}

const VOIDS_UIDS: ReadonlySet<PlannedEvent['kind']> = new Set([
  'uids change',
  'folder is renamed',
  'watermark is lost',
]);
