import type { Random } from '../fuzz/random.ts';
import { FAULTS } from './invocation.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Plan, type PlannedEvent, timeOf } from './plan.ts';
import { randomMail } from './random-mail.ts';
import type { MailboxName } from './simulated-settings.ts';

/** An email, and perhaps what becomes of it in its mailbox. */
export function randomArrival(
  token: number,
  mailboxes: readonly MailboxName[],
  within: () => number,
  random: Random,
): PlannedEvent[] {
  // Some of it before the first poll.
  const atMs = random.chance(0.1) ? -random.between(0, 3 * DAY_MS) : within();
  const mailbox = random.pick(mailboxes);
  const events: PlannedEvent[] = [{ kind: 'mail arrives', atMs, mailbox, mail: randomMail(token, random) }];
  if (!random.chance(0.15)) return events;
  const later = atMs + random.between(0, random.pick([10 * MINUTE_MS, 2 * DAY_MS]));
  const to = random.pick(sameAccount(mailbox, mailboxes));
  switch (random.pick(['mail is copied', 'mail is moved', 'mail is expunged'] as const)) {
    case 'mail is copied':
      return [...events, { kind: 'mail is copied', token, to, ...moment(later, random) }];
    case 'mail is moved':
      return [...events, { kind: 'mail is moved', token, to, ...moment(later, random) }];
    case 'mail is expunged':
      return [...events, { kind: 'mail is expunged', token, ...moment(later, random) }];
  }
}

/** What befalls a poll or an audit that reads a mailbox while things happen to it. */
const READERS_CALLS = [
  'session.list',
  'session.pages',
  'watermarks.move',
  'watermarks.recordPoll',
  'ledger.accept',
  'ledger.markDispatched',
  'ledger.relocate',
] as const;

/**
 * Two or three things that happen to one mailbox close to each other: within seconds while it is read, or between two or
 * three polls. Drawn one by one over days they would hardly ever meet. Some of the email is from before accounting began.
 *
 * @param firstToken no other email has it or a higher one
 */
export function randomCommotion(
  firstToken: number,
  { healsAtMs, pollEveryMs, mailboxes, hasAudits }: Pick<Plan, 'healsAtMs' | 'pollEveryMs' | 'mailboxes' | 'hasAudits'>,
  random: Random,
): PlannedEvent[] {
  const mailbox = random.pick(mailboxes);
  const neighbour = () => random.pick(sameAccount(mailbox, mailboxes));
  const pollMs = random.between(0, Math.floor(healsAtMs / pollEveryMs)) * pollEveryMs;
  const fromMs = pollMs + random.pick([0, random.between(0, pollEveryMs)]);
  const spanMs = random.pick([3_000, MINUTE_MS, pollEveryMs, 2 * pollEveryMs]);
  const atMs = () => fromMs + random.between(0, spanMs);
  let token = firstToken;

  /** An email that has been there for hours or days by then. */
  function alreadyIn(where: MailboxName): { token: number; arrival: PlannedEvent } {
    const arrivedMs = random.chance(0.3) ? fromMs - random.between(0, pollEveryMs) : -random.between(0, 5 * DAY_MS);
    const arrival = { kind: 'mail arrives', atMs: arrivedMs, mailbox: where, mail: randomMail(token, random) } as const;
    token += 1;
    return { token: arrival.mail.token, arrival };
  }

  const renumbered = (): PlannedEvent[] => [{ kind: 'uids change', mailbox, ...moment(atMs(), random) }];
  const movedIn = (): PlannedEvent[] => {
    const moved = alreadyIn(neighbour());
    return [moved.arrival, { kind: 'mail is moved', token: moved.token, to: mailbox, ...moment(atMs(), random) }];
  };
  const others: readonly (() => PlannedEvent[])[] = [
    () => {
      const moved = alreadyIn(mailbox);
      return [moved.arrival, { kind: 'mail is moved', token: moved.token, to: neighbour(), ...moment(atMs(), random) }];
    },
    () => {
      const copied = alreadyIn(neighbour());
      return [copied.arrival, { kind: 'mail is copied', token: copied.token, to: mailbox, ...moment(atMs(), random) }];
    },
    () => {
      const expunged = alreadyIn(mailbox);
      return [expunged.arrival, { kind: 'mail is expunged', token: expunged.token, ...moment(atMs(), random) }];
    },
    () => {
      const [call, fault] = [random.pick(READERS_CALLS), random.pick(FAULTS)];
      return [{ kind: 'call is struck', atMs: atMs(), call, fault, times: random.between(1, 2) }];
    },
    () => [{ kind: 'watermark is lost', mailbox, ...moment(atMs(), random) }],
    () => [{ kind: 'function runs besides', atMs: fromMs, function: hasAudits ? 'audit' : 'poll', mailbox }],
    ...(hasAudits
      ? [() => [{ kind: 'watermark jumps', atMs: atMs(), mailbox, uids: random.between(1, 3) } as const]]
      : []),
  ];
  const things = Array.from({ length: random.between(2, 3) }, () =>
    random.pick([renumbered, movedIn, random.pick(others)]),
  );
  return things.flatMap((happen) => happen());
}

/**
 * A folder that gets another name, days or hours before the settings have it: often close to something else that happens
 * to its mailbox.
 */
export function randomRename(
  events: readonly PlannedEvent[],
  { healsAtMs, pollEveryMs, mailboxes }: Pick<Plan, 'healsAtMs' | 'pollEveryMs' | 'mailboxes'>,
  random: Random,
): PlannedEvent[] {
  const others = events.filter((event) => 'mailbox' in event && timeOf(event) >= 0);
  const other = others.length > 0 && random.chance(0.5) ? random.pick(others) : undefined;
  const mailbox = other && 'mailbox' in other ? other.mailbox : random.pick(mailboxes);
  const besideMs = (atMs: number) => Math.max(0, atMs + random.between(-pollEveryMs, pollEveryMs));
  const { atMs: fromMs, ...during } = moment(other ? besideMs(timeOf(other)) : random.between(0, healsAtMs), random);
  const toMs = fromMs + random.between(HOUR_MS, random.pick([pollEveryMs, 3 * pollEveryMs, healsAtMs]));
  return [{ kind: 'folder is renamed', mailbox, isRenumbered: random.chance(0.3), fromMs, toMs, ...during }];
}

/** Some of what happens to a mailbox happens while it is read. */
export function moment(atMs: number, random: Random): { atMs: number; during?: string } {
  if (!random.chance(0.3)) return { atMs };
  return { atMs, during: random.pick(['session.status', 'session.list', 'session.pages']) };
}

export function sameAccount(mailbox: MailboxName, mailboxes: readonly MailboxName[]): MailboxName[] {
  return mailboxes.filter((other) => accountOf(other) === accountOf(mailbox));
}

function accountOf(mailbox: string): string {
  return mailbox.slice(0, mailbox.indexOf('/'));
}
