import { groupBy } from '../group-by.ts';
import { type QueueMessage, queueMessageOf } from '../records/alert.ts';
import type { LedgerEntry, SentPost } from '../records/ledger-entry.ts';
import { SAME_POST_MS } from './delivery-limits.ts';
import type { Alert, Posting } from './posting.ts';

export type PlannedPost = {
  /** All alerts that it shows, in this order. */
  messages: readonly QueueMessage[];
  /** Those of them that this invocation holds. */
  alerts: readonly Alert[];
  /** It was sent before without an answer: only the identical post can find what may have been saved. */
  isRepeat: boolean;
};

export type Plan = {
  posts: PlannedPost[];
  /** Alerts of a post that the service has taken: the answer was recorded for another alert of that post. */
  arrived: { alerts: readonly Alert[]; postId: string }[];
};

/**
 * Sorts claimed alerts into posts. Alerts of a post that may have arrived go into that same post again, since only an
 * identical post is recognised; all others go into as few posts as fit. Alerts of such a post that are in another batch
 * are read from the ledger, and are found settled when their turn comes.
 */
export async function planPosts(claimed: readonly Alert[], posting: Posting): Promise<Plan> {
  const { unanswered, free } = await sortBySentPost(claimed, posting);
  const plan: Plan = { posts: [], arrived: [] };
  for (const { sentPost, alerts, members } of unanswered) {
    const settled = members.find((member) => member?.state === 'settled');
    // An alert that has been in another post since then was refused in this one, or is lost.
    const isOver = members.some((member) => !isSamePost(member?.sentPost, sentPost));
    const isOld = posting.services.clock.now().getTime() - lastSentMs(members) >= SAME_POST_MS;
    if (!isOver && settled?.postId) {
      plan.arrived.push({ alerts, postId: settled.postId });
    } else if (isOver || isOld || settled) {
      // `settled` without a postId: a digest carried these alerts.
      free.push(...alerts);
    } else {
      plan.posts.push({ messages: messagesOf(alerts, members), alerts, isRepeat: true });
    }
  }
  plan.posts.push(...posting.services.chat.pack(free).map(freshPost));
  return plan;
}

export function freshPost(alerts: readonly Alert[]): PlannedPost {
  return { messages: alerts.map(({ message }) => message), alerts, isRepeat: false };
}

type Member = LedgerEntry | undefined;
type UnansweredPost = { sentPost: SentPost; alerts: readonly Alert[]; members: readonly Member[] };

async function sortBySentPost(
  claimed: readonly Alert[],
  { services: { sentPosts } }: Posting,
): Promise<{ unanswered: UnansweredPost[]; free: Alert[] }> {
  // If repeating a post would show it twice, posts are not recorded.
  if (!sentPosts) return { unanswered: [], free: [...claimed] };
  const held = await sentPosts.find(claimed.map(({ message }) => message.mailId));
  const sentPostOf = ({ message }: Alert) => held.get(message.mailId)?.sentPost;
  const groups = groupBy(
    claimed.filter((alert) => sentPostOf(alert)),
    (alert) => sentPostOf(alert)?.mailIds.join(),
  );
  const mailIdsElsewhere = [...groups.values()]
    .flatMap(([alert]) => sentPostOf(alert)?.mailIds ?? [])
    .filter((mailId) => !held.has(mailId));
  const elsewhere =
    mailIdsElsewhere.length > 0 ? await sentPosts.find(mailIdsElsewhere) : new Map<string, LedgerEntry>();
  const unanswered = [...groups.values()].flatMap((alerts): UnansweredPost[] => {
    const sentPost = sentPostOf(alerts[0]);
    if (!sentPost) return [];
    const members = sentPost.mailIds.map((mailId) => held.get(mailId) ?? elsewhere.get(mailId));
    return [{ sentPost, alerts, members }];
  });
  return { unanswered, free: claimed.filter((alert) => !sentPostOf(alert)) };
}

function isSamePost(one: SentPost | undefined, other: SentPost): boolean {
  return one?.mailIds.join() === other.mailIds.join();
}

/** A repeat is recorded with the alerts that its invocation holds, so the latest time may be with another alert. */
function lastSentMs(members: readonly Member[]): number {
  return Math.max(...members.map((member) => member?.sentPost?.at.getTime() ?? 0));
}

function messagesOf(alerts: readonly Alert[], members: readonly Member[]): QueueMessage[] {
  const held = new Map(alerts.map(({ message }) => [message.mailId, message]));
  return members.flatMap((member) => (member ? [held.get(member.mailId) ?? queueMessageOf(member)] : []));
}
