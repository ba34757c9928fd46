import type { Mutation } from '../mutation.ts';

/** Faults in keeping secrets, and mail, to those who may know them. */
export const secretMutations: readonly Mutation[] = [
  {
    name: 'an unreadable secret stands in the text of its failure',
    breaks: 'secrets',
    file: 'functions/adapters/discord.ts',
    find: 'text: unreadableSecret(target) };\n\n      const signal',
    replace: 'text: unreadableSecret(target) + read.secret };\n\n      const signal',
    caughtBy: ['adapters/discord.test.ts'],
  },
  {
    name: 'the token that Discord repeats to a look is kept',
    breaks: 'secrets',
    file: 'functions/adapters/discord-targets.ts',
    find: 'answer: withoutToken(answer)',
    replace: 'answer',
    caughtBy: ['adapters/discord-targets.test.ts'],
  },
  {
    name: 'a secret that was renewed is not read before the cache has run out',
    breaks: 'P7',
    file: 'functions/adapters/ssm-secrets.ts',
    find: 'if (!fresh && cached &&',
    replace: 'if (cached &&',
    caughtBy: ['adapters/ssm-secrets.test.ts'],
  },
  {
    name: 'a secret that an OAuth provider repeats stands in the text of the failure',
    breaks: 'secrets',
    file: 'functions/adapters/oauth-refusal.ts',
    find: 'for (const secret of [form.client_secret, form.refresh_token])',
    replace: 'for (const secret of [form.client_secret])',
    caughtBy: ['adapters/oauth-tokens.test.ts'],
  },
  {
    name: 'a subject stands in a log line',
    breaks: 'secrets',
    file: 'functions/adapters/json-journal.ts',
    find: 'return { mailId, ...location, route, rule };',
    replace: 'return { mailId, ...location, route, rule, subject: event.entry.record.subject };',
    caughtBy: ['adapters/json-journal.test.ts'],
  },
  {
    name: 'the password goes over an open line where STARTTLS is not offered',
    breaks: 'secrets',
    file: 'functions/adapters/imap-connection.ts',
    find: "doSTARTTLS: account.tls === 'starttls',",
    replace: '',
    caughtBy: ['adapters/imap-login.test.ts'],
  },
  {
    name: 'any certificate is believed',
    breaks: 'secrets',
    file: 'functions/adapters/imap-connection.ts',
    find: 'rejectUnauthorized: !account.allowSelfSignedCertificate',
    replace: 'rejectUnauthorized: false',
    caughtBy: ['adapters/imap-mail-reader.test.ts'],
  },
];
