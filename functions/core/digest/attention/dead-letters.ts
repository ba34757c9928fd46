import type { UnreadableLetter } from '../../records/dead-letters.ts';
import { EXAMPLES_SHOWN } from '../limits.ts';
import { clip, counted } from '../view/words.ts';
import { attentionKind } from './attention-kind.ts';

/** Messages that name no email, so that only a person can remove them; at least one. */
export type UnreadableMessages = { route: string; letters: readonly UnreadableLetter[] };

export const unreadableMessages = attentionKind<UnreadableMessages>({
  find: ({ deadLetters }) =>
    deadLetters.flatMap((facts) =>
      facts.kind === 'read' && facts.unreadable.length > 0 ? [{ route: facts.route, letters: facts.unreadable }] : [],
    ),
  title({ route, letters }, { formatTime }) {
    const since = new Date(Math.min(...letters.map(({ sentAt }) => sentAt.getTime())));
    const messages = counted(letters.length, 'unreadable message');
    return `${messages} in the dead-letter queue of ${route} since ${formatTime(since)}`;
  },
  details: ({ route }) => [
    'They name no email, so nothing can deliver them. Every digest reports them until you remove them.',
    `Show and remove them: npm run rollcall -- letters ${route}`,
  ],
  examples({ letters }, { formatTime }) {
    const oldestFirst = letters.toSorted((one, other) => one.sentAt.getTime() - other.sentAt.getTime());
    return {
      quotes: oldestFirst
        .slice(0, EXAMPLES_SHOWN)
        .map(({ sentAt, reason, body }) => `${formatTime(sentAt)}: ${clip(reason, 200)}: ${clip(body, 300)}`),
      total: letters.length,
    };
  },
});

export type UnreadDeadLetters = { route: string; reason: string };

export const unreadDeadLetters = attentionKind<UnreadDeadLetters>({
  find: ({ deadLetters }) => deadLetters.filter((facts) => facts.kind === 'not read'),
  title: ({ route }) => `The dead letters of ${route} could not be read`,
  details: ({ route, reason }) => [
    `${clip(reason, 500)}.`,
    `Check whether there are unreadable messages among them: npm run rollcall -- letters ${route}`,
  ],
});
