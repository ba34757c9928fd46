import { senderWithin } from '../mail/address-text.ts';
import { cutText, displayedText } from '../mail/displayed-text.ts';
import type { QueueMessage } from '../records/alert.ts';
import type { DiscordEmbed } from './discord.ts';
import { markdownText } from './markdown-text.ts';

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const TITLE_CHARACTERS = 256;
const AUTHOR_CHARACTERS = 128;

/** Not documented; a longer link is not a link to an email. */
const LINK_CHARACTERS = 2_000;

/** Ten alerts of this length fit into one post of 6,000 characters. */
const SNIPPET_CHARACTERS = 320;

/** The same applies to long names of rules and folders. */
const RULE_CHARACTERS = 80;
const MAILBOX_CHARACTERS = 60;

/**
 * One email as an embed: sender, subject, the first lines, the date, the rule that chose the route, and, if there is no
 * link, the mailbox that has the email. Discord shows title and description as markdown, author and footer as plain
 * text.
 */
export function embedOf({ record, route, rule, location }: QueueMessage, colour: number | undefined): DiscordEmbed {
  const url = webLinkOf(record.link);
  const mailbox = cutText(displayedText(location.mailbox), MAILBOX_CHARACTERS);
  const title = markdownText(record.subject, TITLE_CHARACTERS);
  const description = markdownText(record.snippet, SNIPPET_CHARACTERS);
  return {
    author: { name: senderWithin(record.from, AUTHOR_CHARACTERS) || '(no sender)' },
    title: title || '(no subject)',
    ...(url ? { url } : {}),
    ...(description ? { description } : {}),
    ...(colour === undefined ? {} : { color: colour }),
    ...(isTimestamp(record.date) ? { timestamp: record.date } : {}),
    footer: { text: [route, ...(rule ? [cutText(rule, RULE_CHARACTERS)] : []), mailbox].join(' · ') },
  };
}

/** The characters that Discord counts towards the 6,000 of a post. */
export function countedCharacters({ author, title, description, footer }: DiscordEmbed): number {
  return [author?.name, title, description, footer?.text].reduce((sum, text) => sum + (text?.length ?? 0), 0);
}

/** Discord refuses the whole post if a link has another scheme, such as `message:`. */
function webLinkOf(link: string | null): string | undefined {
  if (!link || link.length > LINK_CHARACTERS || !URL.canParse(link)) return undefined;
  return /^https?:$/.test(new URL(link).protocol) ? link : undefined;
}

/** ISO 8601 in Discord's form: a year of four digits, and a day that exists. */
function isTimestamp(date: string): boolean {
  return /^(?!0000)\d{4}-\d\d-\d\dT/.test(date) && !Number.isNaN(Date.parse(date));
}
