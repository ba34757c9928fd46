import assert from 'node:assert/strict';
import { markdownText } from '../../functions/core/discord/markdown-text.ts';
import { displayedText } from '../../functions/core/mail/displayed-text.ts';
import type { SampleMail } from '../../lib/local/sample-mailbox/sample-mail.ts';
import type { CapturedMail } from './emulator.ts';
import { until } from './steps.ts';
import type { World } from './world.ts';

const POSTED_MS = 90_000;

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const TITLE_CHARACTERS = 256;

/** The titles of all embeds that stand in a route's channel, sorted. */
export function titlesIn({ discord, channelOf }: World, route: string): string[] {
  const posts = discord.posts().filter(({ channelId }) => channelId === channelOf(route));
  return posts.flatMap(({ body }) => (body.embeds ?? []).map(({ title }) => title ?? '')).sort();
}

/** The titles that these emails must have there, sorted: one for each email, so that a duplicate shows as well. */
function titlesOf(mails: readonly SampleMail[]): string[] {
  return mails.map(({ expected }) => markdownText(expected.subject, TITLE_CHARACTERS) || '(no subject)').sort();
}

export function mailsFor({ mails }: World, route: string): SampleMail[] {
  return mails.filter(({ expectedRoute }) => expectedRoute === route);
}

/** A reader of this digest sees each of these emails. */
export function carries({ text }: CapturedMail, mails: readonly SampleMail[]): void {
  for (const { name, expected } of mails) {
    const seen = displayedText(expected.subject) || expected.snippetContains || '(no subject)';
    assert.ok(text.includes(seen), `The digest does not show ${name}, «${seen}»:\n${text}`);
  }
}

/** Waits until each mail of these routes is in its channel, and no mail is there twice. */
export async function arePosted(world: World, routes: readonly string[]): Promise<void> {
  for (const route of routes) {
    const expected = titlesOf(mailsFor(world, route));
    await until(`the posts of ${route}`, POSTED_MS, async () => {
      const titles = titlesIn(world, route);
      return titles.length >= expected.length ? titles : `There are ${titles.length} of ${expected.length} alerts.`;
    });
    assert.deepEqual(titlesIn(world, route), expected);
  }
}
