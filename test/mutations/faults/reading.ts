import { type Fault, property } from '../fault.ts';

/** Faults in reading the mailbox, in recognising an email, and in choosing its route. */
export const readingFaults: readonly Fault[] = [
  {
    name: 'the folder is opened by SELECT instead of EXAMINE',
    breaks: 'P8',
    find: property('readOnly: true'),
    replace: 'readOnly: false',
    caughtBy: ['adapters/imap/misbehaving-server.test.ts'],
  },
  {
    name: 'an email that was listed and not handed out is passed over',
    breaks: 'P1',
    find: {
      pattern: '$MISSING.filter(($UID) => $THERE.has($UID))',
      inside: {
        kind: 'lexical_declaration',
        stopBy: 'end',
        follows: { pattern: 'const $THERE = new Set((await $LIST(Math.max(0, $BEFORE - 1))).map($TO_UID));' },
      },
    },
    replace: '$MISSING.filter(() => false)',
    caughtBy: ['adapters/imap/narrowing.test.ts'],
  },
  {
    name: 'a listing without its last emails is taken for a whole one',
    breaks: 'P1',
    find: 'if ($MAILS.length > 0 && $FOUND.length >= $EXPECTED && $IS_IN_ORDER) return $MAILS;',
    replace: 'return $MAILS;',
    caughtBy: ['adapters/imap/listing.test.ts'],
  },
  {
    name: 'a refusal of the server is taken for an answer',
    breaks: 'P1',
    find: '$ANSWER === false',
    where: { ANSWER: { kind: 'identifier' } },
    replace: 'Number($ANSWER === false) > 1',
    caughtBy: ['adapters/imap/misbehaving-server.test.ts'],
  },
  {
    name: 'a server that falls silent is waited for without end',
    breaks: 'P4',
    find: 'await Promise.race([$RUN($CLIENT), $CUT])',
    replace: 'await $RUN($CLIENT)',
    caughtBy: ['adapters/imap/misbehaving-server.test.ts'],
  },
  {
    name: 'an email that cannot be read holds its mailbox',
    breaks: 'P9',
    find: 'return $READ($RAW, $FIELDS, $CONTEXT, $ERROR instanceof Error ? $ERROR.message : String($ERROR));',
    replace: 'throw $ERROR;',
    caughtBy: ['core/mail/unreadable-mail.test.ts'],
  },
  {
    name: 'a Message-ID alone makes two emails one, so that a forged one hides an email',
    breaks: 'P1',
    find: "$NAMED ? ['message', $ACCOUNT, $ID ?? '', ...$CONTENT] : ['location', $$$PLACE]",
    replace: "$NAMED ? ['message', $ACCOUNT, $ID ?? ''] : ['location', $$$PLACE]",
    caughtBy: ['core/mail/mail-id.test.ts'],
  },
  {
    name: 'an email is another one after a change of UIDVALIDITY',
    breaks: 'P3',
    find: "$NAMED ? ['message', $ACCOUNT, $ID ?? '', ...$CONTENT] : ['location', $$$PLACE]",
    replace: "['message', $ACCOUNT, $ID ?? '', ...$CONTENT, $$$PLACE]",
    caughtBy: ['core/mail/mail-id.test.ts'],
  },
  {
    name: '`Message-ID: <>` makes one email of all that have it',
    breaks: 'P1',
    find: '/<([^>]*)/.exec($MESSAGE_ID)?.[1] ?? $MESSAGE_ID',
    replace: '$MESSAGE_ID',
    caughtBy: ['core/mail/mail-id.test.ts'],
  },
  {
    name: 'an email is taken for one that the server does not return, though it returns no other either',
    breaks: 'P1',
    find: 'if (!$FAILURE && $MAILS.length > 0) return [await $ATTEMPTS.withheld($UID, $REASON)];',
    replace: 'return [await $ATTEMPTS.withheld($UID, $REASON)];',
    caughtBy: ['adapters/imap/narrowing.test.ts'],
  },
  {
    name: 'RE2 is replaced by JavaScript’s RegExp',
    breaks: 'P9',
    find: {
      pattern: 'for (const $PATTERN of $PATTERNS) $SET.add($PATTERN);',
      precedes: { pattern: '$SET.compile();' },
    },
    replace: `for (const $PATTERN of $PATTERNS) $SET.add($PATTERN);
  const regExps = $PATTERNS.map((pattern) => new RegExp(pattern, 'i'));
  $SET.match = (text: string) => [...regExps.keys()].filter((index) => regExps[index]?.test(text));`,
    caughtBy: ['core/rules/pattern.test.ts'],
  },
  {
    name: 'a rule that asks for an authenticated sender takes a forged one',
    breaks: 'P9',
    find: '$RULE.authenticated ? $DOUBT($$$ASKED) : undefined',
    replace: 'Number($RULE.authenticated) > 1 ? $DOUBT($$$ASKED) : undefined',
    caughtBy: ['core/rules/classify.test.ts'],
  },
];
