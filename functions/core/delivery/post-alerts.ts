import type { DiscordMessage } from '../discord/discord.ts';
import { postOf, reducedPostOf } from '../discord/post-packing.ts';
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
import type { Alert, PostedRoute, Posting, PostServices } from './posting.ts';
import { sendMessage } from './send-post.ts';

/** `handedBack`: the messages that must stay in the queue. All others are done with and may be deleted. */
export type PostReport = { handedBack: string[] };

/**
 * Posts one batch of one route. Every message ends in exactly one of settled, back in the queue, or dead with a reason.
 *
 * @param invocation.holder names this invocation, so that its leases are its own
 * @param invocation.remainingMs the time it has left, in milliseconds
 * @throws when the ledger, the queue or the pauses fail; nothing is then deleted, and the leases end by themselves
 */
export async function postAlerts(
  batch: readonly ReceivedMessage[],
  route: PostedRoute,
  invocation: Pick<Posting, 'holder' | 'remainingMs'>,
  services: PostServices,
): Promise<PostReport> {
  const leaseEndsAt = services.clock.now();
  const posting: Posting = { ...invocation, route, services, leaseEndsAt, halted: undefined, handedBack: [] };
  const alerts = await validAlerts(batch, posting);
  if (alerts.length > 0 && !(await isPaused(alerts, posting))) await post(await claimAll(alerts, posting), posting);
  return { handedBack: posting.handedBack };
}

async function post(claimed: readonly Alert[], posting: Posting): Promise<void> {
  const { posts, arrived } = await planPosts(claimed, posting);
  for (const { alerts, postId } of arrived) {
    const messages = alerts.map(({ message }) => message);
    await settle(messages, postId, posting);
  }
  for (const planned of posts) await deliver(planned, 'full', posting);
}

async function validAlerts(batch: readonly ReceivedMessage[], posting: Posting): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (const received of batch) {
    const parsed = validate(received, posting.route);
    if (parsed.valid) alerts.push({ received, message: parsed.message });
    else await deadLetterInvalid(received, parsed.reason, posting);
  }
  return alerts;
}

function validate({ body }: ReceivedMessage, route: PostedRoute): ReturnType<typeof parseQueueMessage> {
  const parsed = parseQueueMessage(body);
  if (!parsed.valid || parsed.message.route === route.id) return parsed;
  return {
    valid: false,
    reason: `the message is for route ${parsed.message.route} and lies in the queue of ${route.id}`,
  };
}

/** Handed back without a claim, once and for the whole pause: a receive is used up, and no try. */
async function isPaused(alerts: readonly Alert[], posting: Posting): Promise<boolean> {
  const { pauses, clock } = posting.services;
  const names = Object.values(pauseNamesOf(posting.route.target));
  const pause = effectivePause(await pauses.standing(names, clock.now()));
  if (!pause) return false;
  if (isOfDeadTarget(pause.failure)) {
    posting.halted = { kind: 'dead', failure: { ...pause.failure, at: clock.now() } };
    return false;
  }
  const waitMs = pause.until.getTime() - clock.now().getTime();
  if (waitMs <= SHORT_WAIT_MS && posting.remainingMs() >= waitMs + REPEATABLE_POST_RESERVE_MS) {
    await clock.wait(waitMs);
    return false;
  }
  for (const alert of alerts) await returnToQueue(alert, waitMs, pause.failure, posting);
  return true;
}

/** The alerts that are ours to post. */
async function claimAll(alerts: readonly Alert[], posting: Posting): Promise<Alert[]> {
  posting.leaseEndsAt = new Date(posting.services.clock.now().getTime() + POST_TIMEOUT_MS);
  const claims = await Promise.all(alerts.map((alert) => claim(alert, posting)));
  return alerts.filter((_, index) => claims[index]);
}

async function claim(alert: Alert, posting: Posting): Promise<boolean> {
  const { holder, leaseEndsAt, services } = posting;
  const { ledger, clock, journal } = services;
  const at = clock.now();
  const claimed = await ledger.claim(alert.message, { holder, at, until: leaseEndsAt });
  if (claimed.kind === 'settled') journal({ kind: 'alert already settled', alert: alert.message });
  if (claimed.kind === 'leased') {
    // Dropping it would lose it, should the invocation that holds it die.
    await returnToQueue(alert, Math.max(1_000, claimed.until.getTime() - at.getTime()), undefined, posting);
  }
  return claimed.kind === 'claimed';
}

async function deliver(planned: PlannedPost, form: 'full' | 'reduced', posting: Posting): Promise<void> {
  const known = posting.halted;
  const post = known ? planned : await begin(planned, posting);
  if (post.alerts.length === 0) return;
  const result = known ?? (await sendMessage(messageOf(post, form, posting), posting));
  switch (result.kind) {
    case 'delivered':
      return await settle(post.messages, result.messageId, posting);
    case 'retry':
      posting.halted = result;
      for (const alert of post.alerts) await returnFailedToQueue(alert, result, posting);
      return;
    case 'not sent':
      posting.halted = result;
      for (const alert of post.alerts) await returnUnsentToQueue(alert, result, posting);
      return;
    case 'dead':
      posting.halted = result;
      if (!known) await pauseDeadTarget(result.failure, posting);
      for (const alert of post.alerts) await deadLetterAlert(alert, result.failure, posting);
      return;
    case 'refused':
      return await afterRefusal(post, form, result.failure, posting);
  }
}

/**
 * Notes with every alert in which post it is about to be shown, which at the same time proves that it is still ours. An
 * alert that is not is left to its new holder: of a new post it is taken out; an old one stays what it was.
 */
async function begin(post: PlannedPost, posting: Posting): Promise<PlannedPost> {
  const { services, holder } = posting;
  const { sentPosts, clock } = services;
  if (!sentPosts) return post;
  // Now, of a repeat as well: it may be the one that Discord has saved.
  const sentPost = { mailIds: post.messages.map(({ mailId }) => mailId), at: clock.now() };
  const begun = await Promise.all(
    post.alerts.map(({ message }) => sentPosts.beginPost(message.mailId, holder, sentPost)),
  );
  const ours = post.alerts.filter((_, index) => begun[index] === 'begun');
  if (ours.length === post.alerts.length) return post;
  for (const alert of post.alerts)
    if (!ours.includes(alert)) await returnToQueue(alert, POST_TIMEOUT_MS, undefined, posting);
  return post.isRepeat ? { ...post, alerts: ours } : await begin(freshPost(ours), posting);
}

function messageOf({ messages }: PlannedPost, form: 'full' | 'reduced', { route }: Posting): DiscordMessage {
  const [only] = messages;
  return form === 'reduced' && only ? reducedPostOf(only, route) : postOf(messages, route);
}

/** Whoever else would post there in the next minute is spared the request: the alerts are dead with the same reason. */
async function pauseDeadTarget(failure: DeliveryFailure, { route, services }: Posting): Promise<void> {
  const names = pauseNamesOf(route.target);
  const until = new Date(services.clock.now().getTime() + DEAD_TARGET_MS);
  await services.pauses.pause(failure.kind === 'credential' ? names.credential : names.target, { until, failure });
}

/** One bad mail must not hold the others: they are tried alone, then reduced, then given to a person. */
async function afterRefusal(
  { messages, alerts }: PlannedPost,
  form: 'full' | 'reduced',
  failure: DeliveryFailure,
  posting: Posting,
): Promise<void> {
  if (messages.length > 1) {
    for (const alert of alerts) await deliver(freshPost([alert]), 'full', posting);
    return;
  }
  for (const alert of alerts) {
    if (form === 'full') await deliver(freshPost([alert]), 'reduced', posting);
    else await deadLetterAlert(alert, failure, posting);
  }
}
