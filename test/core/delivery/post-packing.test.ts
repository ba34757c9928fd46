import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedCharacters, embedOf } from '../../../functions/core/delivery/alert-embed.ts';
import { type PostStyle, packPosts, postOf, reducedPostOf } from '../../../functions/core/delivery/post-packing.ts';
import { alertOf } from './alert-of.ts';

const style: PostStyle = {
  target: { kind: 'bot', channelId: '1', tokenParameter: '/rollcall/bot' },
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

  it('whatever mails hold, every post keeps the limits and every alert is in exactly one post', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 700 }),
      fc.string({ unit: fc.constantFrom('*', '_', '`', '@', '👩‍👩‍👧‍👦'), maxLength: 700 }),
    );
    const record = fc.record({ from: text, subject: text, snippet: text, link: fc.option(fc.webUrl()) });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), (records) => {
        const alerts = records.map((changes, index) => alertOf(index + 1, changes));
        const posts = bodies(pack(alerts));
        expect(
          posts
            .flat()
            .map(({ mailId }) => mailId)
            .sort(),
        ).toEqual(alerts.map(({ mailId }) => mailId).sort());
        for (const post of posts) {
          const embeds = postOf(post, style).embeds ?? [];
          expect(embeds.length).toBeLessThanOrEqual(10);
          expect(embeds.reduce((sum, embed) => sum + countedCharacters(embed), 0)).toBeLessThanOrEqual(6_000);
          for (const embed of embeds) {
            expect(embed.title?.length).toBeLessThanOrEqual(256);
            expect(embed.title?.length).toBeGreaterThan(0);
            expect(embed.author?.name.length).toBeLessThanOrEqual(256);
            expect(embed.description?.length ?? 0).toBeLessThanOrEqual(4_096);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('an embed', () => {
  it('shows who, what, the first words, when, and why', () => {
    expect(embedOf(alertOf(1, { link: 'https://mail.example.com/1' }), 0x00ff00)).toEqual({
      author: { name: 'Ada <ada@example.com>' },
      title: 'Subject 1',
      url: 'https://mail.example.com/1',
      description: 'Text 1',
      color: 0x00ff00,
      timestamp: '2026-03-02T08:00:00.000Z',
      footer: { text: 'vip · board' },
    });
  });

  it('leaves a link out that Discord would refuse the whole post for', () => {
    expect(embedOf(alertOf(1, { link: 'message:%3Cx%3E' }), undefined).url).toBeUndefined();
  });

  it('keeps markdown, mentions and masked links of a mail as plain text', () => {
    const { title } = embedOf(
      alertOf(1, { subject: '**x** [click](https://evil.example) <@1> @everyone `code`' }),
      undefined,
    );
    expect(title).toBe('\\*\\*x\\*\\* \\[click\\](https\\://evil.example) \\<\\@1\\> \\@everyone \\`code\\`');
  });

  it('names a mail without subject or sender', () => {
    expect(embedOf(alertOf(1, { subject: '', from: '' }), undefined)).toMatchObject({
      title: '(no subject)',
      author: { name: '(no sender)' },
    });
  });

  it('leaves a date out that no calendar has', () => {
    expect(embedOf(alertOf(1, { date: '+275760-09-13T00:00:00.000Z' }), undefined).timestamp).toBeUndefined();
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
    expect(post.nonce).toMatch(/^[\w-]{24}$/);
    expect(post.enforce_nonce).toBe(true);
    expect(postOf([alertOf(1), alertOf(2)], style).nonce).toBe(post.nonce);
    expect(postOf([alertOf(1)], style).nonce).not.toBe(post.nonce);
  });

  it('of a webhook carries none, since webhooks know none', () => {
    const webhook: PostStyle = { ...style, target: { kind: 'webhook', urlParameter: '/rollcall/hook' } };
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
