import { createHash } from 'node:crypto';
import type { QueueMessage } from '../records/alert.ts';
import { countedCharacters, embedOf } from './alert-embed.ts';
import type { DiscordEmbed, DiscordMessage, DiscordTarget } from './discord.ts';
import { markdownText } from './markdown-text.ts';

/** https://discord.com/developers/docs/resources/message: embeds a message, and characters summed over all of them. */
const EMBEDS_PER_POST = 10;
const CHARACTERS_PER_POST = 6_000;

/** https://docs.discord.com/developers/resources/message#create-message: as long as a nonce may be. */
const NONCE_CHARACTERS = 25;

/** Folder names may be of any length. */
const MAILBOX_CHARACTERS = 300;

/** What a route's posts look like and whom they call. */
export type PostStyle = {
  target: DiscordTarget;
  colour: number | undefined;
  ping: { users: readonly string[]; roles: readonly string[] };
};

/** Sorts alerts into as few posts as Discord's limits allow, the oldest mail first. */
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

/** Embeds of one message that share a `url` are shown as one: the other mail would not be seen. */
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
 * What is posted of a mail that Discord refuses to show: where to find it, and not a word of the mail, since any of its
 * words can be what AutoMod or the link filter refuses.
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
    // Webhooks know no nonce.
    ...(style.target.kind === 'bot' ? { nonce: nonceOf(alerts), enforce_nonce: true as const } : {}),
  };
}

/** The same alerts give the same nonce, so a post whose reply was lost is found again instead of shown twice. */
function nonceOf(alerts: readonly QueueMessage[]): string {
  const mailIds = alerts.map(({ mailId }) => mailId).join(' ');
  return createHash('sha256').update(mailIds).digest('base64url').slice(0, NONCE_CHARACTERS);
}
