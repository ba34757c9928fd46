import { type RedriveOptions, redriveRoute } from '../../../functions/core/delivery/redrive.ts';
import type { QueueMessage } from '../../../functions/core/records/alert.ts';
import type { DeadLetter } from '../../../functions/core/records/dead-letters.ts';
import type { DeliveryFailure } from '../../../functions/core/records/delivery-failure.ts';
import type { LedgerEntry } from '../../../functions/core/records/ledger-entry.ts';
import type { RouteQueues } from '../../../functions/core/records/route-queues.ts';
import { testWorld } from '../../test-world.ts';
import { alertOf } from './alert-of.ts';

export const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;

const MISSING_ACCESS = { kind: 'target', status: 403, code: '50001', text: 'Missing Access' } as const;

/** A route `vip` with its ledger, queue and dead letters, and a poster that treats each message as configured. */
export function redriveWorld() {
  const { services: sound, clock } = testWorld();
  const { ledger, routeQueues: queues, deadLetters } = sound;
  let poster: (alert: QueueMessage) => Promise<void> = async () => {};
  const routeQueues: RouteQueues = {
    async send(route, messages) {
      await queues.send(route, messages);
      for (const message of messages) await poster(message);
    },
  };
  const services = { ...sound, routeQueues };

  const failureNow = (changes: Partial<DeliveryFailure> = {}): DeliveryFailure => ({
    ...MISSING_ACCESS,
    at: clock.now(),
    ...changes,
  });
  const letterOf = (alert: QueueMessage, failure: DeliveryFailure | undefined, sentAt = clock.now()): DeadLetter => ({
    body: JSON.stringify(alert),
    mailId: failure && alert.mailId,
    failure,
    sentAt,
  });

  async function accepted(uid: number): Promise<QueueMessage> {
    const alert = { ...alertOf(uid), acceptedAt: clock.now().toISOString() };
    const { mailId, location, route, rule, record } = alert;
    await ledger.accept({ mailId, location, route, rule, reason: null, record, acceptedAt: clock.now() });
    return alert;
  }
  async function dispatched(uid: number): Promise<QueueMessage> {
    const alert = await accepted(uid);
    await ledger.markDispatched(alert.mailId, clock.now());
    return alert;
  }
  async function deadLetterAlert(alert: QueueMessage, changes: Partial<DeliveryFailure> = {}): Promise<void> {
    const failure = failureNow(changes);
    deadLetters.put('vip', letterOf(alert, failure));
    await ledger.recordDead(alert.mailId, failure);
  }
  async function dead(uid: number, changes: Partial<DeliveryFailure> = {}): Promise<QueueMessage> {
    const alert = await dispatched(uid);
    clock.advance(1_000);
    await deadLetterAlert(alert, changes);
    return alert;
  }
  async function deads(count: number): Promise<QueueMessage[]> {
    const alerts: QueueMessage[] = [];
    for (let uid = 1; uid <= count; uid += 1) alerts.push(await dead(uid));
    clock.advance(HOUR_MS);
    return alerts;
  }

  return {
    ...services,
    services,
    queues,
    failureNow,
    letterOf,
    accepted,
    dispatched,
    dead,
    deads,
    deadLetterAlert,
    deliver: async ({ mailId }: QueueMessage) => ledger.settle(mailId, { at: clock.now(), postId: '900' }),
    /** What becomes of each message from here on; at first it waits. */
    posterDoes: (what: (alert: QueueMessage) => Promise<void>) => {
      poster = what;
    },
    redrive: (trigger: RedriveOptions['trigger'] = 'manual', remainingMs = () => Number.POSITIVE_INFINITY) =>
      redriveRoute('vip', services, { trigger, remainingMs }),
    sent: () => queues.sent('vip').map(({ mailId }) => mailId),
    entry: ({ mailId }: QueueMessage): LedgerEntry | undefined => ledger.entry(mailId),
  };
}
