import fc from 'fast-check';

/** What has a meaning in Discord's markdown, or draws over its neighbours. */
export const TRICKS = [
  '*',
  '**',
  '_',
  '__',
  '~~',
  '`',
  '```',
  '||',
  '>',
  '> ',
  '>>> ',
  '# ',
  '## ',
  '-# ',
  '- ',
  '+ ',
  '1. ',
  '1) ',
  '[',
  '](',
  ')',
  '<',
  '@everyone',
  '@here',
  '<@1>',
  '<@!1>',
  '<@&1>',
  '<#1>',
  '</ban:1>',
  '<:x:1>',
  '<a:x:1>',
  '<t:0:R>',
  '<id:guide>',
  ':smile:',
  'https://evil.example/x',
  'http://',
  'steam://',
  'discord.gg/abc',
  '<https://evil.example>',
  '[click](https://evil.example)',
  '\\',
  '\\\\',
  '\n',
  '\r\n',
  '\u2028',
  '\t',
  '\u0000',
  '\u200B',
  '\u202E',
  '\u2066',
  '\uD800',
  '\u0301',
  '👩‍👩‍👧‍👦',
  'ﷺ',
  'é',
  ' ',
  '\u3164',
  '\u2800',
] as const;

/** Text of a sender who tries everything. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 700 }),
  fc
    .array(fc.oneof(fc.constantFrom(...TRICKS), fc.string({ maxLength: 5 })), { maxLength: 150 })
    .map((parts) => parts.join('')),
);

export const hostileDate = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '',
    '2026-13-45T99:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    'yesterday',
    '+275760-09-13T00:00:00.000Z',
  ),
);

export const link = fc.oneof(
  fc.webUrl(),
  fc.constantFrom(
    null,
    'https://',
    'http://[',
    'message:%3Cx%3E',
    'javascript:alert(1)',
    `https://example.com/${'x'.repeat(5_000)}`,
  ),
);
