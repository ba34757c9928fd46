import type { Rule } from '@ast-grep/napi';
import type { Fault } from '../fault.ts';

const settlement = ['core/digest/settlement.test.ts', 'core/digest/send-digest.test.ts'] as const;
const attention = ['core/digest/digest.test.ts'] as const;

/** The email of the digest, and nothing that an adapter sends. */
const SEND: Rule = {
  pattern: 'await $MAILER.send($MAIL)',
  inside: { kind: 'lexical_declaration', stopBy: 'end', follows: { pattern: 'const $MAIL = $FORMAT($DIGEST);' } },
};
const SETTLE = 'await $MAP($MAIL_IDS, ($MAIL_ID) => $LEDGER.settle($MAIL_ID, $SETTLED), $OPTIONS);';
const ARCHIVE = 'await $EACH($KEYS, ($KEY) => $SPOOL.archive($KEY, $DAY), $AT_ONCE);';

/** Faults in the digest: what it settles, what it reports, and what it shows. */
export const digestFaults: readonly Fault[] = [
  {
    name: 'a digest that the mail service refused counts as sent',
    breaks: 'P2',
    find: SEND,
    replace: "await $MAILER.send($MAIL).catch(() => ({ messageId: 'none' }))",
    caughtBy: settlement,
  },
  {
    name: 'no digest comes when there is nothing to report',
    breaks: 'P5',
    find: SEND,
    replace: "$MAIL.subject.includes('nothing new') ? { messageId: 'none' } : await $MAILER.send($MAIL)",
    caughtBy: settlement,
  },
  {
    name: 'segments are archived before their email is settled',
    breaks: 'P2',
    find: { pattern: SETTLE, precedes: { pattern: ARCHIVE } },
    replace: `${ARCHIVE}\n  ${SETTLE}`,
    caughtBy: settlement,
  },
  {
    name: 'a segment of which the digest had no room for all is archived',
    breaks: 'P2',
    find: { pattern: 'if (!$WHOLE) continue;', precedes: { pattern: '$KEYS.push($KEY);' } },
    replace: '',
    caughtBy: ['core/digest/full-digest.test.ts'],
  },
  {
    name: 'a digest counts from when the last one was sent, not from where it counted to',
    breaks: 'P5',
    find: '$PREVIOUS?.countedUntil ?? $FIRST',
    replace: '$PREVIOUS?.at ?? $FIRST',
    caughtBy: ['core/digest/digest-window.test.ts', 'core/digest/send-digest.test.ts'],
  },
  {
    name: 'two digests run at once',
    breaks: 'P3',
    find: "if ($BEGUN.kind === 'begun') return $UNTIL;",
    replace: "if ($BEGUN.kind === 'begun' || Date.now() > 0) return $UNTIL;",
    caughtBy: ['core/digest/overlapping-digests.test.ts'],
  },
  {
    name: 'an audit that does not run is not reported',
    breaks: 'P6',
    find: 'if (!$SINCE || $AT.getTime() - $SINCE.getTime() <= $LIMIT) return [];',
    replace: 'if (!$SINCE || $AT.getTime() > 0) return [];',
    caughtBy: attention,
  },
  {
    name: 'the subject does not report what needs attention',
    breaks: 'P4',
    find: 'const $PARTS = $PARTS_OF($DIGEST.attention, $WORDS);',
    replace: 'const $PARTS = $PARTS_OF($DIGEST.attention.slice(0, 0), $WORDS);',
    caughtBy: ['core/digest/digest-subject.test.ts'],
  },
  {
    name: 'the HTML of an email is not escaped',
    breaks: 'P9',
    find: '<div class="soft" style={$STYLE.snippet}>{$SNIPPET}</div>',
    replace: '<div class="soft" style={$STYLE.snippet} dangerouslySetInnerHTML={{ __html: $SNIPPET }} />',
    caughtBy: ['core/digest/digest-html.test.ts'],
  },
];
