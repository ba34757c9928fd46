import type { Mutation } from '../mutation.ts';

const START = 'functions/core/poll/watermark-start.ts';
const WATERMARK = 'functions/core/records/watermark.ts';
const WITHOUT_ID = 'functions/core/poll/mails-without-message-id.ts';
const caughtBy = ['core/poll/beginning-again.test.ts'] as const;

/** Faults in how polls begin again: after a renumbering, a rename, a lost watermark or a rescan. */
export const beginningAgainMutations: readonly Mutation[] = [
  {
    name: 'a mailbox whose watermark is lost is taken for a new one',
    breaks: 'P1',
    file: START,
    find: 'const traces = await tracesOf(polled, status, services.ledger);',
    replace: 'const traces = undefined as Awaited<ReturnType<typeof tracesOf>>;',
    caughtBy,
  },
  {
    name: 'a lost watermark is resumed above email that was accepted and not handed over',
    breaks: 'P1',
    file: 'functions/core/poll/ledger-traces.ts',
    find: 'here[(firstAccepted < 0 ? here.length : firstAccepted) - 1];',
    replace: 'here[(firstAccepted < 0 ? here.length : here.length) - 1];',
    caughtBy,
  },
  {
    name: 'a mailbox that was renamed is taken for a new one',
    breaks: 'P1',
    file: START,
    find: 'formerly.filter((former) => !carriedOver.includes(former))',
    replace: 'formerly.filter((former) => carriedOver.includes(former))',
    caughtBy,
  },
  {
    name: 'a watermark that is lost under a new name is carried over once more, and nobody is told',
    breaks: 'P4',
    file: START,
    find: 'if (former?.watermark.carriedInto) return',
    replace: "if (former?.watermark.carriedInto === '') return",
    caughtBy,
  },
  {
    name: 'a rescan forgets under which numbers email without Message-ID was known',
    breaks: 'P3',
    file: START,
    find: 'accountedSince }, knownAs: from.restart },',
    replace: 'accountedSince }, knownAs: undefined },',
    caughtBy,
  },
  {
    name: 'a change of UIDVALIDITY takes in email from before accounting began',
    breaks: 'P3',
    file: WATERMARK,
    find: 'accountedSince.getTime() - CLOCK_TOLERANCE_MS;',
    replace: 'accountedSince.getTime() - 1e9 * CLOCK_TOLERANCE_MS;',
    caughtBy,
  },
  {
    name: 'old email that is moved into a renumbered mailbox is taken for email from before accounting began',
    breaks: 'P1',
    file: WATERMARK,
    find: 'uid >= restart.arrivalDecidesBelowUid)',
    replace: 'uid >= restart.arrivalDecidesBelowUid + 1_000)',
    caughtBy,
  },
  {
    name: 'email without Message-ID is posted again after a change of UIDVALIDITY',
    breaks: 'P3',
    file: WITHOUT_ID,
    find: 'location.uid < restart.uidNext',
    replace: 'location.uid < 0 * restart.uidNext',
    caughtBy,
  },
  {
    name: 'new email without Message-ID that looks like a known one is taken for it',
    breaks: 'P1',
    file: WITHOUT_ID,
    find: 'location.uid < restart.uidNext',
    replace: 'location.uid < restart.uidNext + 1_000',
    caughtBy,
  },
  {
    name: 'a poll that reads a page again does not know what it has relocated there',
    breaks: 'P3',
    file: WITHOUT_ID,
    find: 'mail && mail.mailId !== entry.mailId && lookOf',
    replace: 'mail && mail.mailId === entry.mailId && lookOf',
    caughtBy,
  },
  {
    name: 'a rescan is asked for and never begins',
    breaks: 'P1',
    file: 'functions/core/poll/uids-to-read.ts',
    find: 'if (rescanSince) return',
    replace: 'if (rescanSince && rescanSince.getTime() < 0) return',
    caughtBy,
  },
  {
    name: 'the audit takes in email from before accounting began',
    breaks: 'P3',
    file: 'functions/core/audit/audited-mails.ts',
    find: '!isFromBeforeAccounting(mail, range)',
    replace: '!isFromBeforeAccounting(mail, { ...range, accountedSince: undefined })',
    caughtBy,
  },
  {
    name: 'the digest does not name a mailbox that begins again',
    breaks: 'P5',
    file: 'functions/core/digest/attention/mailboxes.ts',
    find: 'return isNew || isLost({ watermark, restarts }) ?',
    replace: 'return isNew && isLost({ watermark, restarts }) ?',
    caughtBy: ['core/digest/digest.test.ts'],
  },
  {
    name: 'an account that is renamed makes all of its email new',
    breaks: 'P3',
    file: 'functions/adapters/imap-mail-reader.ts',
    find: 'account.formerly?.[0] ?? account.account',
    replace: 'account.account',
    caughtBy: ['adapters/imap-mail-reader.test.ts'],
  },
];
