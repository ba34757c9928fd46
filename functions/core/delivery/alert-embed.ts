import { cutText } from '../mail/displayed-text.ts';
import type { DiscordEmbed } from './discord.ts';
import type { QueueMessage } from './queue-message.ts';

/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
const TITLE_CHARACTERS = 256;
const AUTHOR_CHARACTERS = 128;

/** Ten alerts of this length fit into one post of 6,000 characters. */
const SNIPPET_CHARACTERS = 320;

/** One mail as an embed: who, what, the first lines, when, and which rule chose the route. */
export function embedOf({ record, route, rule }: QueueMessage, colour: number | undefined): DiscordEmbed {
  const url = webLinkOf(record.link);
  const description = escapedWithin(record.snippet, SNIPPET_CHARACTERS);
  return {
    author: { name: cutText(record.from || '(no sender)', AUTHOR_CHARACTERS) },
    title: escapedWithin(record.subject || '(no subject)', TITLE_CHARACTERS),
    ...(url ? { url } : {}),
    ...(description ? { description } : {}),
    ...(colour === undefined ? {} : { color: colour }),
    ...(isTimestamp(record.date) ? { timestamp: record.date } : {}),
    footer: { text: rule ? `${route} · ${rule}` : route },
  };
}

/** What Discord counts towards the 6,000 characters of a post. */
export function countedCharacters({ author, title, description, footer }: DiscordEmbed): number {
  return [author?.name, title, description, footer?.text].reduce((sum, text) => sum + (text?.length ?? 0), 0);
}

/** Characters that mean something in Discord's markdown, in mentions, or at the start of a line. */
const MARKDOWN = /[\\*_~`|>#[\]<@:-]/g;

/** Cuts first and escapes then, so that no cut falls between a backslash and what it escapes. */
function escapedWithin(text: string, maxCharacters: number): string {
  let room = maxCharacters;
  for (;;) {
    const escaped = cutText(text, room).replace(MARKDOWN, '\\$&');
    if (escaped.length <= maxCharacters) return escaped;
    room -= Math.max(1, Math.ceil((escaped.length - maxCharacters) / 2));
  }
}

/** Discord refuses the whole post for a link with another scheme, such as `message:`. */
function webLinkOf(link: string | null): string | undefined {
  return link && /^https?:\/\//i.test(link) ? link : undefined;
}

/** ISO 8601 as Discord takes it; JavaScript writes years past 9999 with a sign. */
function isTimestamp(date: string): boolean {
  return /^\d{4}-\d\d-\d\dT/.test(date);
}
