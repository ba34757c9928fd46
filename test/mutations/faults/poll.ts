import { type Fault, property } from '../fault.ts';

const poll = ['core/poll/poll.test.ts'] as const;
const handOver = ['core/poll/hand-over.test.ts', 'core/poll/poll.test.ts'] as const;
const again = ['core/poll/beginning-again.test.ts'] as const;
const renumbered = ['core/poll/poll.test.ts', 'core/poll/void-uids.test.ts'] as const;

/** Faults in the order and the failures of a poll, and in how polls begin again. */
export const pollFaults: readonly Fault[] = [
  {
    name: 'a secret that is stored again does not end the pause after a refused login',
    breaks: 'P7',
    find: '(await $LOGIN.version()) === $REFUSED.version',
    replace: '$REFUSED.version.length > 0',
    caughtBy: ['core/poll/refused-login.test.ts'],
  },
  {
    name: 'the watermark moves before the page is handed over',
    breaks: 'P1',
    find: `for await (const $PAGE of $PAGES) {
      $$$BEFORE
      const $OVERTAKEN = (await $WATERMARKS.move($FROM, $TO)) === 'overtaken';
      $$$AFTER
    }`,
    replace: `for await (const $PAGE of $PAGES) {
      const ahead = { ...$FROM, lastUid: $PAGE.at(-1)?.location.uid ?? $FROM.lastUid };
      await $WATERMARKS.move($FROM, ahead);
      $FROM = ahead;
      $$$BEFORE
      const $OVERTAKEN = (await $WATERMARKS.move($FROM, $TO)) === 'overtaken';
      $$$AFTER
    }`,
    caughtBy: poll,
  },
  {
    name: 'what a queue or the spool refuses is not reported, and the watermark passes it',
    breaks: 'P1',
    find: 'try { return [await $WORK()]; } catch ($ERROR) { $ERRORS.push($ERROR); return []; }',
    replace: 'try { return [await $WORK()]; } catch { return []; }',
    caughtBy: handOver,
  },
  {
    name: 'a queue that fails is not waited for',
    breaks: 'P1',
    find: 'await $QUEUES.send($ROUTE, $TOGETHER.map($MESSAGE));',
    replace: '$QUEUES.send($ROUTE, $TOGETHER.map($MESSAGE)).catch(() => undefined);',
    caughtBy: poll,
  },
  {
    name: 'a spool that fails is not waited for',
    breaks: 'P1',
    find: 'await $SPOOL.write($SEGMENT($$$ASKED));',
    replace: '$SPOOL.write($SEGMENT($$$ASKED)).catch(() => undefined);',
    caughtBy: poll,
  },
  {
    name: 'an email that a crash left between ledger and queue stays there',
    breaks: 'P1',
    find: "return $STATE === 'accepted';",
    replace: 'return false;',
    caughtBy: poll,
  },
  {
    name: 'an email that the ledger knows is handed over again',
    breaks: 'P3',
    find: "return $STATE === 'accepted';",
    replace: 'return true;',
    caughtBy: poll,
  },
  {
    name: 'a copy that would be an alert is only counted',
    breaks: 'P1',
    find: 'const $ENTRY = { ...$NEW($MAIL, $SERVICES), mailId: $ID_OF($MAIL_ID) };',
    replace: 'const $ENTRY = { ...$NEW($MAIL, $SERVICES), mailId: $MAIL_ID };',
    caughtBy: ['core/poll/copies.test.ts'],
  },
  {
    name: 'an email that becomes visible late is passed over',
    breaks: 'P1',
    find: property('uids: [...$LATE, ...$ABOVE].map($TO_UID)'),
    replace: 'uids: $ABOVE.map($TO_UID)',
    caughtBy: ['core/poll/listing.test.ts'],
  },
  {
    name: 'another email at a known uid counts as known',
    breaks: 'P1',
    find: '$ONE.fingerprint === $OTHER.fingerprint',
    replace: 'true',
    caughtBy: ['core/audit/audited-mails.test.ts', 'core/poll/listing.test.ts'],
  },
  {
    name: 'UIDVALIDITY is ignored',
    breaks: 'P1',
    find: `if ($STORED.uidValidity !== $STATUS.uidValidity) {
      return await $ABOVE(await $RESTART('renumbered', $$$STORED_HEALTH), $$$SESSION);
    }`,
    replace: '',
    caughtBy: renumbered,
  },
  {
    name: 'a poll that failed ends as if nothing had happened',
    breaks: 'P4',
    find: {
      pattern: 'throw $ERROR;',
      follows: { pattern: 'await $RECORD($ERROR, () => $WRITE({ $$$FAILURE }, $SERVICES));' },
    },
    replace: 'return undefined as never;',
    caughtBy: poll,
  },
  {
    name: 'a part of a batch that the queue refused is taken for sent',
    breaks: 'P1',
    find: 'if ($LOST.length > 0) throw new $FAILED($ROUTE, $LOST.map($REASON));',
    replace: '',
    caughtBy: ['adapters/sqs/queues.test.ts'],
  },
  {
    name: 'a mailbox whose watermark is lost is taken for a new one',
    breaks: 'P1',
    find: '$LEDGER.entriesOfMailboxes([$MAILBOX, ...$FORMERLY])',
    replace: '$LEDGER.entriesOfMailboxes([])',
    caughtBy: again,
  },
  {
    name: 'a mailbox that was renamed is taken for a new one',
    breaks: 'P1',
    find: 'for (const $NAME of $FORMERLY.filter(($FORMER) => !$CARRIED_OVER.includes($FORMER))) { $$$BODY }',
    replace: 'for (const $NAME of $FORMERLY.filter(($FORMER) => $CARRIED_OVER.includes($FORMER))) { $$$BODY }',
    caughtBy: again,
  },
];
