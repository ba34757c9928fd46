import type { Fault } from './invocation.ts';
import { CALM, HOUR_MS, MINUTE_MS, type Plan, type PlannedEvent } from './plan.ts';
import { probeMail } from './random-mail.ts';
import { simulate } from './simulate.ts';
import type { RouteId } from './simulated-settings.ts';

/**
 * A small day in which every port is called at each of its methods: mail for every route and none, a route whose channel
 * is closed and opens again, one whose Discord is away for minutes, a mailbox that fails once and numbers its mail anew.
 */
export const SMALL_DAY: Plan = {
  ...CALM,
  seed: 0,
  healsAtMs: 13 * HOUR_MS,
  events: [
    mail(1, 'vip', -2 * HOUR_MS),
    mail(2, 'unknown', -1 * HOUR_MS),
    mail(3, 'stripe', 4 * HOUR_MS),
    mail(4, 'stripe', 5 * HOUR_MS),
    mail(5, 'customer', -1 * HOUR_MS),
    mail(6, 'unknown', 5 * HOUR_MS),
    mail(7, 'vip', 5 * HOUR_MS),
    { kind: 'uids change', mailbox: 'support/INBOX', atMs: 5.5 * HOUR_MS },
    // A poll finds the channel closed. A person tries in vain, and it opens just before a check looks at it.
    { kind: 'channel dies', route: 'stripe', death: 'no access', isForGood: false, ...between(3, 6 + 6.9 / 60) },
    { kind: 'person redrives', route: 'stripe', atMs: 6 * HOUR_MS + 6.5 * MINUTE_MS },
    { kind: 'person rescans', mailbox: 'support/INBOX', days: 1, atMs: 3 * HOUR_MS },
    { kind: 'message is unreadable', route: 'vip', atMs: 1 * HOUR_MS },
    { kind: 'Discord fails', trouble: 'is unavailable', route: 'vip', ...between(5, 6 + 2 / 60) },
    // The poster dies of its dead letters, so that the ledger does not know them when a check looks at it.
    { kind: 'channel dies', route: 'customer', death: 'gone', isForGood: false, ...between(-1, 10 / 60) },
    { kind: 'call is struck', atMs: 0, call: 'ledger.recordDead', fault: 'dies before', times: 3 },
    { kind: 'mailbox fails', mailbox: 'support/INBOX', failure: 'credentials', ...between(11, 12.005) },
  ],
};

/** One call of the small day, by its number among all. */
export type NumberedCall = { number: number; name: string; hasAudits: boolean };

/**
 * Every call of the small day, each where it matters most: those of audits in the day as it is, all others in the same
 * day without audits, so that no audit makes good what the others did wrong.
 */
export async function everyCall(): Promise<NumberedCall[]> {
  const numbered = async (hasAudits: boolean) => {
    const { calls } = await simulate({ ...SMALL_DAY, hasAudits });
    return calls.map((call, number) => ({ ...call, number, hasAudits }));
  };
  const ofAudits = (await numbered(true)).filter((call) => call.function === 'audit');
  return [...(await numbered(false)), ...ofAudits];
}

/** The small day, and in it one of its calls struck. */
export function smallDayWith({ number, hasAudits }: NumberedCall, fault: Fault): Plan {
  const strike = { kind: 'one call is struck', atMs: 0, number, fault } as const;
  return { ...SMALL_DAY, hasAudits, events: [...SMALL_DAY.events, strike] };
}

function mail(token: number, route: RouteId | 'unknown', atMs: number): PlannedEvent {
  return { kind: 'mail arrives', atMs, mailbox: 'support/INBOX', mail: probeMail(token, route) };
}

function between(fromHour: number, toHour: number): { fromMs: number; toMs: number } {
  return { fromMs: fromHour * HOUR_MS, toMs: toHour * HOUR_MS };
}
