import { HOUR_MS, type PlannedEvent } from './plan.ts';
import { probeMail } from './random-mail.ts';
import { AUTOMOD_WORD } from './simulated-discord.ts';
import type { MailboxName, RouteId } from './simulated-settings.ts';

/** What plans are made of that random ones have found. */

export const HERE: MailboxName = 'support/INBOX';

export function mail(
  token: number,
  route: RouteId | 'unknown',
  atHour: number,
): PlannedEvent & { kind: 'mail arrives' } {
  return { kind: 'mail arrives', atMs: atHour * HOUR_MS, mailbox: HERE, mail: probeMail(token, route) };
}

/** It looks like an email for `vip`, and the receiver's check of the sender failed. */
export function forged(token: number, atHour: number): PlannedEvent {
  const planned = { ...probeMail(token, 'unknown'), isForged: true };
  return { kind: 'mail arrives', atMs: atHour * HOUR_MS, mailbox: HERE, mail: planned };
}

/** The real email of that one. */
export function real(of: number, atHour: number): PlannedEvent {
  return { kind: 'twin arrives', of, token: of + 100, differsIn: 'verdict', mailbox: HERE, atMs: atHour * HOUR_MS };
}

export function expunged(token: number, atHour: number): PlannedEvent {
  return { kind: 'mail is expunged', token, atMs: atHour * HOUR_MS };
}

/** One that Discord refuses to show. */
export function refused(token: number, atHour: number): PlannedEvent {
  const refusedMail = { ...probeMail(token, 'customer'), snippet: `Visit our ${AUTOMOD_WORD}`, isRefused: true };
  return { kind: 'mail arrives', atMs: atHour * HOUR_MS, mailbox: HERE, mail: refusedMail };
}

export function nameless(arrival: PlannedEvent & { kind: 'mail arrives' }): PlannedEvent {
  return { ...arrival, mail: { ...arrival.mail, messageId: undefined } };
}

export function renamed(fromHour: number, toHour: number) {
  const times = { fromMs: fromHour * HOUR_MS, toMs: toHour * HOUR_MS };
  return { kind: 'folder is renamed', mailbox: HERE, isRenumbered: false, ...times } as const;
}

export function broken(atHour: number, call: string, times = 1): PlannedEvent & { kind: 'call is struck' } {
  return { kind: 'call is struck', atMs: atHour * HOUR_MS, call, fault: 'fails before', times };
}
