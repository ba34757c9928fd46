import type { LedgerEntry } from '../../records/ledger-entry.ts';
import type { DamagedLine } from '../../records/spool.ts';
import { missingFromSpool } from '../counts.ts';
import { EXAMPLES_SHOWN } from '../limits.ts';
import { clip, counted } from '../view/words.ts';
import { attentionKind, emailExamples, placeOf } from './attention-kind.ts';

/** According to the ledger these are in the spool, but no readable line has them. */
export type MissingFromSpool = { entries: readonly LedgerEntry[] };

export const emailsMissingFromSpool = attentionKind<MissingFromSpool>({
  find(facts) {
    const entries = missingFromSpool(facts);
    return entries.length > 0 ? [{ entries }] : [];
  },
  title: ({ entries }) => `${counted(entries.length, 'unknown email')} missing from the spool`,
  details: () => [
    'The ledger says that they were written to the spool, but no readable line there holds them. They stay open in the ' +
      'ledger, and every digest reports them until one has carried them.',
  ],
  examples: ({ entries }, words) => emailExamples(entries, words, placeOf),
});

export type DamagedSegment = { key: string; lines: readonly DamagedLine[] };

export const damagedSpool = attentionKind<DamagedSegment>({
  find: ({ damaged }) => damaged,
  title: ({ lines }) => `${counted(lines.length, 'spool line')} damaged`,
  details: ({ key }) => [
    `In segment ${clip(key, 300)}. This digest carries all other lines of it. The segment moves to the digested ones as ` +
      'it is, so the damaged text is kept.',
  ],
  examples: ({ lines }) => ({
    quotes: lines
      .slice(0, EXAMPLES_SHOWN)
      .map(({ lineNumber, text, reason }) => `Line ${lineNumber}: ${clip(reason, 200)}: ${clip(text, 300)}`),
    total: lines.length,
  }),
});
