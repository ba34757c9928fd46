import { groupBy } from '../../group-by.ts';
import { isWithheld } from '../../mail/withheld-mail.ts';
import type { SpoolLine } from '../../records/spool.ts';
import { EXAMPLES_SHOWN } from '../limits.ts';
import { clip, counted } from '../view/words.ts';
import { attentionKind } from './attention-kind.ts';

/** The server lists these emails of a mailbox but does not return them, though it returns others. */
export type WithheldEmails = { mailbox: string; lines: readonly SpoolLine[] };

export const withheldEmails = attentionKind<WithheldEmails>({
  find: ({ carried }) =>
    [
      ...groupBy(
        carried.filter(({ reason }) => isWithheld(reason)),
        ({ mailbox }) => mailbox,
      ),
    ].map(([mailbox, lines]) => ({ mailbox, lines })),
  title: ({ mailbox, lines }) => `${counted(lines.length, 'email')} of ${mailbox} cannot be read`,
  details: () => [
    'The server lists them and does not hand them out. Open the mailbox in your email client to read them there. The ' +
      'daily audit tries again; once it can read one, Rollcall classifies it as new.',
  ],
  examples: ({ lines }) => ({
    quotes: lines.slice(0, EXAMPLES_SHOWN).map(({ uid, reason }) => `uid ${uid}: ${clip(reason, 300)}`),
    total: lines.length,
  }),
});
