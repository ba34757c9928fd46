import type { Mutation } from '../mutation.ts';

const MAIL = 'functions/core/mail/mail.ts';
const caughtBy = ['core/mail/mail-id.test.ts'] as const;

/** Faults in telling which mails are the same. */
export const identityMutations: readonly Mutation[] = [
  {
    name: 'mails without Message-ID are taken for each other',
    breaks: 'P1',
    file: MAIL,
    find: ": ['location', location.mailbox, location.uidValidity, String(location.uid)];",
    replace: ": ['message', account, ...others];",
    caughtBy,
  },
  {
    name: 'a Message-ID alone makes two mails one, so that a forged one hides a mail',
    breaks: 'P1',
    file: MAIL,
    find: "['message', account, id, ...others]",
    replace: "['message', account, id]",
    caughtBy,
  },
  {
    name: 'a mail is another one after a change of UIDVALIDITY',
    breaks: 'P3',
    file: MAIL,
    find: "['message', account, id, ...others]",
    replace: "['message', account, id, ...others, location.uidValidity]",
    caughtBy,
  },
  {
    name: 'a mail is another one in another folder of its account',
    breaks: 'P3',
    file: MAIL,
    find: "['message', account, id, ...others]",
    replace: "['message', location.mailbox, id, ...others]",
    caughtBy,
  },
];
