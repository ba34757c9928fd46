import { createHash } from 'node:crypto';
import type { QueueMessage } from '../records/alert.ts';
import { countedCharacters, embedOf } from './alert-embed.ts';
import type { DiscordEmbed, DiscordMessage, DiscordTarget } from './discord.ts';
import { markdownText } from './markdown-text.ts';

/**
 * https://discord.com/developers/docs/resources/message: embeds per message, and characters summed over all of them.
 */
const EMBEDS_PER_POST = 10;
const CHARACTERS_PER_POST = 6_000;

/** https://docs.discord.com/developers/resources/message#create-message: the maximum length of a nonce. */
const NONCE_CHARACTERS = 25;

/** Folder names may be of any length. */
const MAILBOX_CHARACTERS = 300;

/** What a route's posts look like and whom they ping. */
export type PostStyle = {
  target: DiscordTarget;
  colour: number | undefined;
  ping: { users: readonly string[]; roles: readonly string[] };
};

/** Sorts alerts into as few posts as Discord's limits allow, the oldest email first. */
export function packPosts<Alert extends { message: QueueMessage }>(
  alerts: readonly Alert[],
  { colour }: PostStyle,
): Alert[][] {
  const posts: { alerts: Alert[]; characters: number; urls: Set<string> }[] = [];
  for (const alert of alerts.toSorted((one, other) => compareAge(one.message, other.message))) {
    const embed = embedOf(alert.message, colour);
    const characters = countedCharacters(embed);
    let post = posts.at(-1);
    const fits =
      post &&
      post.alerts.length < EMBEDS_PER_POST &&
      post.characters + characters <= CHARACTERS_PER_POST &&
      !collapses(embed, post.urls);
    if (!post || !fits) {
      post = { alerts: [], characters: 0, urls: new Set() };
      posts.push(post);
    }
    post.alerts.push(alert);
    post.characters += characters;
    if (embed.url) post.urls.add(embed.url);
  }
  return posts.map((post) => post.alerts);
}

/** Discord merges embeds of one message that share a `url`: the second email would be hidden. */
function collapses({ url }: DiscordEmbed, urls: ReadonlySet<string>): boolean {
  return url !== undefined && urls.has(url);
}

function compareAge(one: QueueMessage, other: QueueMessage): number {
  return one.record.date.localeCompare(other.record.date) || one.location.uid - other.location.uid;
}

/** The post that shows these alerts, one embed each. */
export function postOf(alerts: readonly QueueMessage[], style: PostStyle): DiscordMessage {
  return dressed({ embeds: alerts.map((alert) => embedOf(alert, style.colour)) }, alerts, style);
}

/**
 * The post for an email that Discord refuses to show: where to find it, without any of its text, since any word of it
 * may be what AutoMod or the link filter refuses.
 */
export function reducedPostOf(alert: QueueMessage, style: PostStyle): DiscordMessage {
  const { location, record, route } = alert;
  const mailbox = markdownText(location.mailbox, MAILBOX_CHARACTERS);
  const dated = Number.isNaN(Date.parse(record.date)) ? '' : `, dated ${record.date.slice(0, 'yyyy-mm-dd'.length)}`;
  const text = `A mail for ${route} that Discord refuses to show: ${mailbox}, uid ${location.uid}${dated}.`;
  return dressed({ content: text }, [alert], style);
}

function dressed(
  body: { content?: string; embeds?: DiscordEmbed[] },
  alerts: readonly QueueMessage[],
  style: PostStyle,
): DiscordMessage {
  const { users, roles } = style.ping;
  const pings = [...users.map((id) => `<@${id}>`), ...roles.map((id) => `<@&${id}>`)];
  const content = [...pings, ...(body.content ? [body.content] : [])].join(' ');
  return {
    ...(body.embeds ? { embeds: body.embeds } : {}),
    ...(content ? { content } : {}),
    allowed_mentions: { parse: [], users: [...users], roles: [...roles] },
    // Webhooks have no nonce.
    ...(style.target.kind === 'bot' ? { nonce: nonceOf(alerts), enforce_nonce: true as const } : {}),
  };
}

/**
 * The same alerts give the same nonce, so if the answer to a post was lost, a repeat finds the post instead of showing
 * it twice.
 */
function nonceOf(alerts: readonly QueueMessage[]): string {
  const mailIds = alerts.map(({ mailId }) => mailId).join(' ');
  return createHash('sha256').update(mailIds).digest('base64url').slice(0, NONCE_CHARACTERS);
}
