import { MailboxFailure } from '../../functions/core/mail/mailbox-failure.ts';
import type { Fault, PortCall, Strike } from './invocation.ts';
import type { ObservedCall, ObservedInvocation, ObservedStrike } from './observed.ts';
import {
  type DiscordTrouble,
  type FunctionName,
  type HalfDone,
  isWindow,
  type Plan,
  type PlannedEvent,
  SERVICES,
} from './plan.ts';
import type { MailboxName, RouteId } from './simulated-settings.ts';
import { failureOf } from './struck-call.ts';

/** What goes wrong by plan: by the clock, or as soon as a call is made that it waits for. */
export type Troubles = {
  /** What befalls this call, if anything. */
  strike(call: PortCall, invocation: ObservedInvocation): Strike | undefined;
  isStopped(name: FunctionName): boolean;
  discordTrouble(route: RouteId): DiscordTrouble | undefined;
  mailboxFailure(mailbox: MailboxName): MailboxFailure | undefined;
  isHalfDone(call: HalfDone): boolean;
  /** The text of a segment as it is kept. */
  keptText(key: string, text: string): string;
  /** From now on this waits for its call. */
  await(event: PlannedEvent & { kind: 'call is struck' | 'one call is struck' | 'call is half done' }): void;
  damageNextSegment(): void;
  /** Happens with the next call of this name, and at the latest when everything heals. */
  during(call: string, happen: () => void): void;
  /** Nothing goes wrong any more. */
  heal(): void;
  /** Every port call until then, in order. */
  calls: readonly ObservedCall[];
};

/** @param nowMs since the start */
export function plannedTroubles(plan: Plan, nowMs: () => number, say: (what: string) => void): Troubles {
  const windows = plan.events.filter(isWindow);
  const calls: ObservedCall[] = [];
  const numbered = new Map<number, Fault>();
  let strikes: { call: string; fault: Fault; left: number }[] = [];
  let halves: string[] = [];
  let waiting: { call: string; happen: () => void }[] = [];
  let segmentsToDamage = 0;
  let isHealed = false;

  function standing<Kind extends PlannedEvent['kind']>(kind: Kind) {
    if (nowMs() >= plan.healsAtMs) return [];
    return windows.filter(
      (event): event is typeof event & { kind: Kind } =>
        event.kind === kind && event.fromMs <= nowMs() && nowMs() < event.toMs,
    );
  }

  function plannedFault(name: string): Fault | undefined {
    const one = numbered.get(calls.length - 1);
    if (one) return one;
    const due = strikes.find(({ call }) => call === name);
    if (!due) return undefined;
    due.left -= 1;
    if (due.left === 0) strikes = strikes.filter((other) => other !== due);
    return due.fault;
  }

  function faultOfService(name: string): Fault | undefined {
    const failing = standing('service fails');
    if (failing.length === 0) return undefined;
    const port = name.slice(0, name.indexOf('.'));
    return failing.find(({ service }) => (SERVICES[service] as readonly string[]).includes(port))?.fault;
  }

  function happenDuring(name: string): void {
    const due = waiting.filter(({ call }) => call === name);
    if (due.length === 0) return;
    waiting = waiting.filter(({ call }) => call !== name);
    for (const { happen } of due) happen();
  }

  return {
    calls,
    strike({ name }, invocation) {
      if (isHealed) return undefined;
      calls.push({ name, function: invocation.function });
      happenDuring(name);
      const fault = plannedFault(name) ?? faultOfService(name);
      if (!fault) return undefined;
      invocation.strikes.push({ atMs: nowMs(), call: name, fault } satisfies ObservedStrike);
      say(`${invocation.id}: ${name} ${fault}`);
      return { fault, failed: failureOf(name) };
    },
    isStopped: (name) => standing('function stops').some((event) => event.function === name),
    discordTrouble: (route) =>
      standing('Discord fails').find((event) => event.route === 'all' || event.route === route)?.trouble,
    mailboxFailure(mailbox) {
      const failure = standing('mailbox fails').find((event) => event.mailbox === mailbox)?.failure;
      return failure && new MailboxFailure(failure, `${mailbox}: ${failure}`);
    },
    isHalfDone(call) {
      if (!halves.includes(call)) return false;
      halves.splice(halves.indexOf(call), 1);
      say(`${call} is half done`);
      return true;
    },
    keptText(key, text) {
      if (segmentsToDamage === 0) return text;
      segmentsToDamage -= 1;
      say(`the first line of ${key} is damaged`);
      const [line = '', ...others] = text.split('\n');
      return [line.slice(0, line.length / 2), ...others].join('\n');
    },
    await(event) {
      if (event.kind === 'call is half done') halves.push(event.call);
      else if (event.kind === 'one call is struck') numbered.set(event.number, event.fault);
      else strikes.push({ ...event, left: event.times });
    },
    damageNextSegment() {
      segmentsToDamage += 1;
    },
    during: (call, happen) => {
      if (isHealed) happen();
      else waiting.push({ call, happen });
    },
    heal() {
      isHealed = true;
      strikes = [];
      halves = [];
      segmentsToDamage = 0;
      for (const { happen } of waiting.splice(0)) happen();
    },
  };
}
