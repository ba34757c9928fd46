import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { botTarget, webhookTarget } from '../../../functions/core/discord/discord.ts';
import { type PostStyle, packPosts, postOf, reducedPostOf } from '../../../functions/core/discord/post-packing.ts';
import { checkMessage } from '../../../lib/local/discord-stand-in/message-rules.ts';
import { alertOf } from '../delivery/alert-of.ts';
import { hostileDate, hostileText, link } from './hostile-text.ts';

const style: PostStyle = {
  target: botTarget('1', '/rollcall/bot'),
  colour: 0xe8a33d,
  ping: { users: [], roles: [] },
};
const pack = (alerts: ReturnType<typeof alertOf>[]) =>
  packPosts(
    alerts.map((message) => ({ message })),
    style,
  );
const bodies = (posts: ReturnType<typeof pack>) => posts.map((post) => post.map(({ message }) => message));

describe('packing', () => {
  it('ten alerts to a post, the oldest mail first', () => {
    const alerts = Array.from({ length: 23 }, (_, index) =>
      alertOf(index + 1, { date: `2026-03-02T08:${59 - index}:00.000Z` }),
    );
    const posts = bodies(pack(alerts));
    expect(posts.map((post) => post.length)).toEqual([10, 10, 3]);
    expect(posts.flat().map(({ location }) => location.uid)).toEqual(
      alerts.map(({ location }) => location.uid).reverse(),
    );
  });

  it('two mails with the same link go into two posts, since Discord shows embeds with one url as one', () => {
    const link = 'https://mail.google.com/mail/u/0/#search/x';
    expect(pack([alertOf(1, { link }), alertOf(2, { link })])).toHaveLength(2);
  });

  it('puts ten typical mails into one post', () => {
    const snippet =
      'The invoice for March is attached. Could you tell us by Friday whether the amount is right? '.repeat(4);
    const alerts = Array.from({ length: 10 }, (_, index) =>
      alertOf(index + 1, {
        from: 'Augusta Ada King <augusta.king@example.com>',
        subject: 'Invoice 2026-03 is due',
        snippet,
      }),
    );
    expect(pack(alerts)).toHaveLength(1);
  });

  it('whatever mails hold, every post is one that Discord takes, and every alert is in exactly one post', () => {
    const record = fc.record({
      from: hostileText,
      subject: hostileText,
      snippet: hostileText,
      date: hostileDate,
      link,
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), (records) => {
        const alerts = records.map((changes, index) => alertOf(index + 1, changes));
        const posts = bodies(pack(alerts));
        const posted = posts.flat().map(({ mailId }) => mailId);
        expect(posted.toSorted()).toEqual(alerts.map(({ mailId }) => mailId).toSorted());
        for (const post of posts) {
          const message = postOf(post, style);
          expect(checkMessage(JSON.stringify(message))).toMatchObject({ accepted: true });
          expect(message.embeds).toHaveLength(post.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('whatever mails hold, their reduced form is one that Discord takes', () => {
    fc.assert(
      fc.property(hostileText, hostileDate, (mailbox, date) => {
        const alert = alertOf(1, { date });
        const location = { ...alert.location, mailbox };
        const reduced = reducedPostOf({ ...alert, location }, style);
        expect(checkMessage(JSON.stringify(reduced))).toMatchObject({ accepted: true });
      }),
    );
  });
});

describe('a post', () => {
  it('pings nobody that the route does not name', () => {
    expect(postOf([alertOf(1, { subject: '@everyone' })], style)).toMatchObject({
      allowed_mentions: { parse: [], users: [], roles: [] },
    });
    expect(postOf([alertOf(1)], style).content).toBeUndefined();
  });

  it('pings whom the route names', () => {
    const pinging = { ...style, ping: { users: ['11'], roles: ['22'] } };
    expect(postOf([alertOf(1)], pinging)).toMatchObject({
      content: '<@11> <@&22>',
      allowed_mentions: { parse: [], users: ['11'], roles: ['22'] },
    });
  });

  it('of a bot carries a nonce of at most 25 characters that the alerts alone decide', () => {
    const post = postOf([alertOf(1), alertOf(2)], style);
    expect(post.nonce).toMatch(/^[\w-]{25}$/);
    expect(post.enforce_nonce).toBe(true);
    expect(postOf([alertOf(1), alertOf(2)], style).nonce).toBe(post.nonce);
    expect(postOf([alertOf(1)], style).nonce).not.toBe(post.nonce);
  });

  it('of a webhook carries none, since webhooks know none', () => {
    const webhook: PostStyle = { ...style, target: webhookTarget('/rollcall/hook') };
    expect(postOf([alertOf(1)], webhook)).not.toHaveProperty('nonce');
  });

  it('reduced says where the mail lies, and not a word of it', () => {
    const { content } = reducedPostOf(
      alertOf(7, { subject: 'free pills', from: 'evil@example.com', snippet: 'buy' }),
      style,
    );
    expect(content).toContain('support/INBOX, uid 7');
    expect(content).not.toMatch(/pills|evil|buy/);
  });
});
