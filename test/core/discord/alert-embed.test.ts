import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedOf } from '../../../functions/core/discord/alert-embed.ts';
import { markdownText } from '../../../functions/core/discord/markdown-text.ts';
import { alertOf } from '../delivery/alert-of.ts';
import { hostileText, TRICKS } from './hostile-text.ts';

const embed = (record: Parameters<typeof alertOf>[1]) => embedOf(alertOf(1, record), undefined);

/** As a reader sees it: Discord drops the backslash before any punctuation. */
const shown = (markdown: string | undefined) => markdown?.replace(/\\([^0-9A-Za-z\s])/g, '$1');

/** What Discord would still make something of, once what is escaped is out of the way. */
function activeIn(markdown: string): string[] {
  const unescaped = markdown.replace(/\\[^0-9A-Za-z\s]/g, '\u0001');
  return [
    ...(unescaped.match(/[\\*_~`|[\]<@]|:(?=\/\/|\w*:)|\n/g) ?? []),
    ...(unescaped.match(/^(?:[#>+-]|\d+[.)])/) ?? []),
  ];
}

describe('an embed', () => {
  it('shows who, what, the first words, when, why, and where', () => {
    expect(embedOf(alertOf(1, { link: 'https://mail.example.com/1' }), 0x00ff00)).toEqual({
      author: { name: 'Ada <ada@example.com>' },
      title: 'Subject 1',
      url: 'https://mail.example.com/1',
      description: 'Text 1',
      color: 0x00ff00,
      timestamp: '2026-03-02T08:00:00.000Z',
      footer: { text: 'vip · board · support/INBOX' },
    });
  });

  it('names a mail without subject or sender, or with nothing in them that can be seen', () => {
    const nameless = { title: '(no subject)', author: { name: '(no sender)' } };
    expect(embed({ subject: '', from: '' })).toMatchObject(nameless);
    expect(embed({ subject: '\u200B \u202E', from: '\u2060\n' })).toMatchObject(nameless);
    expect(embed({ snippet: ' \u200B' })).not.toHaveProperty('description');
  });

  it('leaves whatever is the sender’s out of its footer', () => {
    expect(embed({ subject: 'x', snippet: 'y', from: 'z' }).footer).toEqual({ text: 'vip · board · support/INBOX' });
  });

  it.each([
    'message:%3Cx%3E',
    'javascript:alert(1)',
    'https://',
    'nonsense',
    `https://example.com/${'x'.repeat(2_000)}`,
  ])('leaves a link out that Discord would refuse the whole post for: %s', (link) => {
    expect(embed({ link }).url).toBeUndefined();
  });

  it.each(['+275760-09-13T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '2026-02-31T25:00:00Z', 'yesterday', ''])(
    'leaves a date out that no calendar has: %j',
    (date) => {
      expect(embed({ date }).timestamp).toBeUndefined();
    },
  );
});

describe('a sender', () => {
  it('whose name is long does not hide the address', () => {
    const { author } = embed({ from: `${'Security Department '.repeat(20)}<evil@example.org>` });
    expect(author?.name).toMatch(/^Security Department .*… <evil@example\.org>$/);
    expect(author?.name).toHaveLength(128);
  });

  it.each(['a'.repeat(300), `Ada <${'a'.repeat(300)}@example.com>`, '<<<<>>>>'.repeat(40)])(
    'of any other length is cut: %j',
    (from) => {
      expect(embed({ from }).author?.name.length).toBeLessThanOrEqual(128);
    },
  );

  it('is plain text to Discord and stands there as written', () => {
    expect(embed({ from: '**Ada** @everyone <ada@example.com>' }).author?.name).toBe(
      '**Ada** @everyone <ada@example.com>',
    );
  });
});

describe('what a mail says stays in its place', () => {
  it.each([
    ['bold and code', '**x** and `code`', '\\*\\*x\\*\\* and \\`code\\`'],
    ['a code fence', '```js', '\\`\\`\\`js'],
    ['a spoiler', '||x||', '\\|\\|x\\|\\|'],
    ['a masked link', '[bank](https://evil.example)', '\\[bank\\](https\\://evil.example)'],
    ['an address, shown and not clickable', 'see https://evil.example/a_b', 'see https\\://evil.example/a\\_b'],
    ['an invite, which no embed previews', 'discord.gg/abc', 'discord.gg/abc'],
    ['mentions', '<@1> <@&2> <#3> @everyone', '\\<\\@1> \\<\\@&2> \\<#3> \\@everyone'],
    ['a slash command', '</ban:1>', '\\</ban\\:1>'],
    ['a timestamp', '<t:0:R>', '\\<t\\:0\\:R>'],
    ['a custom emoji', '<a:party:1>', '\\<a\\:party\\:1>'],
    ['an emoji by its name', ':warning:', '\\:warning\\:'],
    ['a heading', '# Urgent', '\\# Urgent'],
    ['small print', '-# hidden', '\\-# hidden'],
    ['a quote', '>>> all of it', '\\>>> all of it'],
    ['a list', '- one', '\\- one'],
    ['a numbered list', '12. one', '12\\. one'],
    ['a number that is none', '12.50 EUR - net', '12\\.50 EUR - net'],
    ['a backslash', 'C:\\temp', 'C\\:\\\\temp'],
    ['a heading in its second line', 'one\n# two', 'one # two'],
    ['a reversed line', 'invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['hidden words', 'pay\u200B\u2060pal', 'paypal'],
    ['an emoji sequence', '👩‍👩‍👧‍👦 hello', '👩‍👩‍👧‍👦 hello'],
  ])('%s', (_what, text, markdown) => {
    expect(embed({ subject: text, snippet: text })).toMatchObject({ title: markdown, description: markdown });
    expect(activeIn(markdown)).toEqual([]);
  });

  it('whatever it is: nothing in it is active, and nothing of it is lost but what cannot be seen', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const markdown = markdownText(text, 10_000);
        expect(activeIn(markdown)).toEqual([]);
        const letters = (of: string | undefined) => of?.replace(/[^\p{L}\p{N}]|\p{Default_Ignorable_Code_Point}/gu, '');
        expect(letters(shown(markdown))).toBe(letters(text));
      }),
      { numRuns: 500 },
    );
  });

  it('wherever it is cut: within the limit, between two characters, and no escape without what it escapes', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 60 }), (text, max) => {
        const markdown = markdownText(text, max);
        expect(markdown.length).toBeLessThanOrEqual(max);
        expect(activeIn(markdown)).toEqual([]);
        expect(markdown).not.toMatch(/\p{Cs}/u);
      }),
      { numRuns: 500 },
    );
  });

  it('the oracle itself sees every trick', () => {
    const inert = ['discord.gg/abc', '\\\\', ')', 'ﷺ', 'é', '👩‍👩‍👧‍👦', 'http://'];
    for (const trick of TRICKS.filter((trick) => /[!-~]/.test(trick) && !inert.includes(trick))) {
      expect([trick, activeIn(trick.trim())]).not.toEqual([trick, []]);
    }
  });
});
