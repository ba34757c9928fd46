import type { Random } from '../fuzz/random.ts';
import type { PlannedMail } from './plan.ts';
import { AUTOMOD_WORD } from './simulated-discord.ts';
import { ROUTE_IDS } from './simulated-settings.ts';

/** What would break a digest, a log, a header or a pattern. */
const HOSTILE = [
  '@everyone',
  '<@1>',
  '<@&1>',
  '[click](https://evil.example)',
  '```',
  '||',
  '\n# heading',
  '\u0000\u200B\uD800',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><style>*{display:none}</style>',
  '</td></table>',
  '\r\nBcc: everyone@example.com',
  '{{7*7}}',
  '{{constructor}}',
  'a'.repeat(700),
  '\u202Eevil\u202C',
  '&lt;b&gt;',
  '&#x3c;i&#x3e;',
];

/** A mail like many, or one whose sender tries everything. */
export function randomMail(token: number, random: Random): PlannedMail {
  const route = random.pick([...ROUTE_IDS, 'unknown', 'unknown'] as const);
  const isRefused = route !== 'unknown' && random.chance(0.03);
  const isHostile = random.chance(0.25);
  const text = (words: string) =>
    isHostile ? [words, random.pick(HOSTILE), random.pick(HOSTILE), words].join(random.pick(['', ' '])) : words;
  const subject = random.chance(0.05) && route !== 'stripe' ? '' : text(subjectOf(token, route));
  return {
    token,
    route,
    subject,
    snippet: isRefused ? `Visit our ${AUTOMOD_WORD}` : text(`The text of mail ${token}. `.repeat(random.between(0, 5))),
    messageId: messageIdOf(token, random),
    senderName: isHostile ? random.pick(HOSTILE).slice(0, 60) : 'Ada',
    isRefused,
    isForged: route === 'unknown' && random.chance(0.1),
  };
}

/** A mail with nothing special. */
export function probeMail(token: number, route: PlannedMail['route']): PlannedMail {
  const messageId = `<${token}@example.com>`;
  return {
    token,
    route,
    subject: subjectOf(token, route),
    snippet: '',
    messageId,
    senderName: 'Ada',
    isRefused: false,
  };
}

function subjectOf(token: number, route: PlannedMail['route']): string {
  return route === 'stripe' ? `A payment, no ${token}` : `Mail ${token}`;
}

/** Some have none, and some one that another mail has as well. */
function messageIdOf(token: number, random: Random): string | undefined {
  if (random.chance(0.1)) return undefined;
  return `<${random.chance(0.05) ? 'the same' : token}@example.com>`;
}
