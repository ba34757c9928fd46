import type { ChatPost } from '../chat/chat-service.ts';
import { parseQueueMessage } from '../records/alert.ts';
import type { ReceivedMessage } from '../records/alert-queue.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import {
  deadLetterAlert,
  deadLetterInvalid,
  returnFailedToQueue,
  returnToQueue,
  returnUnsentToQueue,
  settle,
} from './alert-endings.ts';
import { DEAD_TARGET_MS, POST_TIMEOUT_MS, REPEATABLE_POST_RESERVE_MS, SHORT_WAIT_MS } from './delivery-limits.ts';
import { effectivePause, isOfDeadTarget, pauseNamesOf } from './pauses.ts';
import { freshPost, type PlannedPost, planPosts } from './planned-posts.ts';
import type { Alert, Ending, Endings, PostedRoute, Posting, PostServices, StoppedBy } from './posting.ts';
import { sendPost } from './send-post.ts';

/**
 * Posts one batch of one route. Every message ends in exactly one of settled, back in the queue, or dead with a reason.
 *
 * @param invocation.holder names this invocation, so that its leases are its own
 * @param invocation.remainingMs the time it has left, in milliseconds
 * @returns how each message of the batch ended; those that were returned must stay in the queue, all others may be
 *   deleted
 * @throws when the ledger, the queue or the pauses fail; nothing is then deleted, and the leases end by themselves
 */
export async function postAlerts(
  batch: readonly ReceivedMessage[],
  route: PostedRoute,
  invocation: Pick<Posting, 'holder' | 'remainingMs'>,
  services: PostServices,
): Promise<Endings> {
  const beforeClaims: Posting = { ...invocation, route, services, leaseEndsAt: services.clock.now() };
  const { alerts, invalid } = await validAlerts(batch, beforeClaims);
  if (alerts.length === 0) return invalid;
  const pause = await pauseOfTarget(beforeClaims);
  // Returned without a claim, once for the whole pause: this costs a receive, but no try.
  if (pause.kind === 'wait') {
    const { waitMs, failure } = pause;
    const returned = await endEach(alerts, (alert) => returnToQueue(alert, waitMs, failure, beforeClaims));
    return joined(invalid, returned);
  }
  const leaseEndsAt = new Date(services.clock.now().getTime() + POST_TIMEOUT_MS);
  const posting: Posting = { ...beforeClaims, leaseEndsAt };
  const { claimed, others } = await claimAll(alerts, posting);
  const stoppedBy = pause.kind === 'dead' ? pause : undefined;
  return joined(invalid, others, await post(claimed, stoppedBy, posting));
}

function joined(...endings: readonly Endings[]): Endings {
  return new Map(endings.flatMap((some) => [...some]));
}

async function endEach(alerts: readonly Alert[], end: (alert: Alert) => Promise<Ending>): Promise<Endings> {
  const endings = new Map<string, Ending>();
  for (const alert of alerts) endings.set(alert.received.messageId, await end(alert));
  return endings;
}

async function post(
  claimed: readonly Alert[],
  stoppedBefore: StoppedBy | undefined,
  posting: Posting,
): Promise<Endings> {
  const { posts, arrived } = await planPosts(claimed, posting);
  let endings: Endings = new Map();
  for (const { alerts, postId } of arrived) {
    const messages = alerts.map(({ message }) => message);
    endings = joined(endings, allEnded(alerts, await settle(messages, postId, posting)));
  }
  let stoppedBy = stoppedBefore;
  for (const planned of posts) {
    const delivered = await deliver({ planned, form: 'full' }, stoppedBy, posting);
    endings = joined(endings, delivered.endings);
    stoppedBy = delivered.stoppedBy;
  }
  return endings;
}

function allEnded(alerts: readonly Alert[], ending: Ending): Endings {
  return new Map(alerts.map(({ received }) => [received.messageId, ending]));
}

async function validAlerts(
  batch: readonly ReceivedMessage[],
  posting: Posting,
): Promise<{ alerts: Alert[]; invalid: Endings }> {
  const alerts: Alert[] = [];
  const invalid = new Map<string, Ending>();
  for (const received of batch) {
    const parsed = validate(received, posting.route);
    if (parsed.valid) alerts.push({ received, message: parsed.message });
    else invalid.set(received.messageId, await deadLetterInvalid(received, parsed.reason, posting));
  }
  return { alerts, invalid };
}

function validate({ body }: ReceivedMessage, route: PostedRoute): ReturnType<typeof parseQueueMessage> {
  const parsed = parseQueueMessage(body);
  if (!parsed.valid || parsed.message.route === route.id) return parsed;
  return {
    valid: false,
    reason: `the message is for route ${parsed.message.route} and is in the queue of ${route.id}`,
  };
}

type TargetPause =
  | { kind: 'none' }
  | { kind: 'wait'; waitMs: number; failure: DeliveryFailure }
  /** Another poster has found the target dead. */
  | { kind: 'dead'; failure: DeliveryFailure };

/** A short pause is waited out. */
async function pauseOfTarget({ route, services, remainingMs }: Posting): Promise<TargetPause> {
  const { pauses, clock } = services;
  const names = Object.values(pauseNamesOf(route.target));
  const pause = effectivePause(await pauses.active(names, clock.now()));
  if (!pause) return { kind: 'none' };
  if (isOfDeadTarget(pause.failure)) return { kind: 'dead', failure: { ...pause.failure, at: clock.now() } };
  const waitMs = pause.until.getTime() - clock.now().getTime();
  if (waitMs > SHORT_WAIT_MS || remainingMs() < waitMs + REPEATABLE_POST_RESERVE_MS) {
    return { kind: 'wait', waitMs, failure: pause.failure };
  }
  await clock.wait(waitMs);
  return { kind: 'none' };
}

/** The alerts that this invocation may post, and how the others ended. */
async function claimAll(
  alerts: readonly Alert[],
  posting: Posting,
): Promise<{ claimed: readonly Alert[]; others: Endings }> {
  const claims = await Promise.all(alerts.map(async (alert) => ({ alert, ending: await claim(alert, posting) })));
  return {
    claimed: claims.flatMap(({ alert, ending }) => (ending === 'claimed' ? [alert] : [])),
    others: new Map(
      claims.flatMap(({ alert, ending }) =>
        ending === 'claimed' ? [] : [[alert.received.messageId, ending] as const],
      ),
    ),
  };
}

async function claim(alert: Alert, posting: Posting): Promise<'claimed' | Ending> {
  const { holder, leaseEndsAt, services } = posting;
  const { ledger, clock, journal } = services;
  const at = clock.now();
  const claimed = await ledger.claim(alert.message, { holder, at, until: leaseEndsAt });
  if (claimed.kind === 'claimed') return 'claimed';
  if (claimed.kind === 'settled') {
    journal({ kind: 'alert already settled', alert: alert.message });
    return 'settled';
  }
  // Dropping it would lose it if the invocation that holds it dies.
  return await returnToQueue(alert, Math.max(1_000, claimed.until.getTime() - at.getTime()), undefined, posting);
}

type Form = { planned: PlannedPost; form: ChatPost['form'] };
type Delivered = { endings: Endings; stoppedBy: StoppedBy | undefined };

async function deliver(
  { planned, form }: Form,
  stoppedBefore: StoppedBy | undefined,
  posting: Posting,
): Promise<Delivered> {
  const begun = stoppedBefore ? { post: planned, lost: NO_ENDINGS } : await begin(planned, posting);
  const { post, lost } = begun;
  if (post.alerts.length === 0) return { endings: lost, stoppedBy: stoppedBefore };
  const result = stoppedBefore ?? (await sendPost({ alerts: post.messages, form }, posting));
  const ended = (endings: Endings, stoppedBy: StoppedBy | undefined): Delivered => ({
    endings: joined(lost, endings),
    stoppedBy,
  });
  switch (result.kind) {
    case 'delivered':
      return ended(allEnded(post.alerts, await settle(post.messages, result.postId, posting)), undefined);
    case 'retry':
      return ended(await endEach(post.alerts, (alert) => returnFailedToQueue(alert, result, posting)), result);
    case 'not sent':
      return ended(await endEach(post.alerts, (alert) => returnUnsentToQueue(alert, result, posting)), result);
    case 'dead':
      if (!stoppedBefore) await pauseDeadTarget(result.failure, posting);
      return ended(await endEach(post.alerts, (alert) => deadLetterAlert(alert, result.failure, posting)), result);
    case 'refused': {
      const { endings, stoppedBy } = await afterRefusal({ planned: post, form }, result.failure, posting);
      return ended(endings, stoppedBy);
    }
  }
}

const NO_ENDINGS: Endings = new Map();

/**
 * Records with every alert in which post it is about to be shown, which also proves that this invocation still holds
 * it. An alert that it no longer holds is left to its new holder: it is removed from a new post; a repeated post stays
 * the same.
 */
async function begin(post: PlannedPost, posting: Posting): Promise<{ post: PlannedPost; lost: Endings }> {
  const { services, holder } = posting;
  const { sentPosts, clock } = services;
  if (!sentPosts) return { post, lost: NO_ENDINGS };
  // The current time, for a repeat as well: it may be the one that was saved.
  const sentPost = { mailIds: post.messages.map(({ mailId }) => mailId), at: clock.now() };
  const begun = await Promise.all(
    post.alerts.map(({ message }) => sentPosts.beginPost(message.mailId, holder, sentPost)),
  );
  const ours = post.alerts.filter((_, index) => begun[index] === 'begun');
  if (ours.length === post.alerts.length) return { post, lost: NO_ENDINGS };
  const theirs = post.alerts.filter((alert) => !ours.includes(alert));
  const lost = await endEach(theirs, (alert) => returnToQueue(alert, POST_TIMEOUT_MS, undefined, posting));
  if (post.isRepeat) return { post: { ...post, alerts: ours }, lost };
  const again = await begin(freshPost(ours), posting);
  return { post: again.post, lost: joined(lost, again.lost) };
}

/** Saves the requests of other posters in the next minute: their alerts are dead for the same reason. */
async function pauseDeadTarget(failure: DeliveryFailure, { route, services }: Posting): Promise<void> {
  const names = pauseNamesOf(route.target);
  const until = new Date(services.clock.now().getTime() + DEAD_TARGET_MS);
  await services.pauses.pause(failure.kind === 'credential' ? names.credential : names.target, { until, failure });
}

/** One bad email must not block the others: they are tried alone, then reduced, then dead-lettered for a person. */
async function afterRefusal(
  { planned: { messages, alerts }, form }: Form,
  failure: DeliveryFailure,
  posting: Posting,
): Promise<Delivered> {
  if (messages.length === 1 && form === 'reduced') {
    const endings = await endEach(alerts, (alert) => deadLetterAlert(alert, failure, posting));
    return { endings, stoppedBy: undefined };
  }
  const next = messages.length === 1 ? 'reduced' : 'full';
  let delivered: Delivered = { endings: NO_ENDINGS, stoppedBy: undefined };
  for (const alert of alerts) {
    const alone = await deliver({ planned: freshPost([alert]), form: next }, delivered.stoppedBy, posting);
    delivered = { endings: joined(delivered.endings, alone.endings), stoppedBy: alone.stoppedBy };
  }
  return delivered;
}
