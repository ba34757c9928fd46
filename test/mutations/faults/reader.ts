import type { Mutation } from '../mutation.ts';

const READER = 'functions/adapters/imap-mail-reader.ts';

/** Faults in reading the mailbox. */
export const readerMutations: readonly Mutation[] = [
  {
    name: 'the folder is opened by SELECT instead of EXAMINE',
    breaks: 'P8',
    file: READER,
    find: '{ readOnly: true }',
    replace: '{ readOnly: false }',
    caughtBy: ['adapters/imap-misbehaving-server.test.ts'],
  },
  {
    name: 'the last mail, which n:* always names, is taken for a new one',
    breaks: 'P3',
    file: READER,
    find: '.filter((found) => found > uid)',
    replace: '',
    caughtBy: ['adapters/imap-mail-reader.test.ts'],
  },
  {
    name: 'a mail that was listed and not handed out is passed over',
    breaks: 'P1',
    file: READER,
    find: 'await refuseIncomplete(uids, mails, mailbox, stillThere);',
    replace: '',
    caughtBy: ['adapters/imap-misbehaving-server.test.ts'],
  },
  {
    name: 'a line of a SEARCH answer that cannot be read is passed over',
    breaks: 'P1',
    file: READER,
    find: 'everyLineCounts: true',
    replace: 'everyLineCounts: false',
    caughtBy: ['adapters/imap-misbehaving-server.test.ts', 'fuzz/found/answers.test.ts'],
  },
  {
    name: 'a refusal of the server is taken for an answer',
    breaks: 'P1',
    file: 'functions/adapters/imap-connection.ts',
    find: 'if (answer === false)',
    replace: "if (answer === false && what === 'the login')",
    caughtBy: ['adapters/imap-misbehaving-server.test.ts'],
  },
  {
    name: 'UIDVALIDITY at EXAMINE is not compared with the one at STATUS',
    breaks: 'P1',
    file: READER,
    find: 'if (namedByStatus === undefined || namedByStatus === uidValidity) return uidValidity;',
    replace: 'if (namedByStatus !== mailbox) return uidValidity;',
    caughtBy: ['adapters/imap-misbehaving-server.test.ts'],
  },
  {
    name: 'a server that falls silent is waited for without end',
    breaks: 'P4',
    file: 'functions/adapters/imap-connection.ts',
    find: 'const answer = await Promise.race([run(client), cut]);',
    replace: 'const answer = await run(client);',
    caughtBy: ['adapters/imap-misbehaving-server.test.ts'],
  },
  {
    name: 'a FETCH that nobody asked for is taken for a mail',
    breaks: 'P1',
    file: 'functions/adapters/imap-fetch.ts',
    find: 'if (asked.has(message.uid)) waiting.push(message);',
    replace: 'waiting.push(message);',
    caughtBy: ['adapters/imap-misbehaving-server.test.ts', 'adapters/imap-mails.test.ts'],
  },
  {
    name: 'a mail that cannot be read holds its mailbox',
    breaks: 'P9',
    file: 'functions/core/mail/read-mail.ts',
    find: 'return mailByEnvelope(raw, fields, context, error instanceof Error ? error.message : String(error));',
    replace: 'throw error;',
    caughtBy: ['core/mail/unreadable-mail.test.ts'],
  },
];
