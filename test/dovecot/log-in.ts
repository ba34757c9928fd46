import type { ImapAccount } from '../../functions/adapters/imap/connection.ts';
import { imapMailReader } from '../../functions/adapters/imap/mail-reader.ts';

/** The logins to try, as JSON on the command line; the process prints the result of each. */
export type LoginTry = { account: ImapAccount; password: string };
export type LoginOutcome = 'logged in' | { kind: string; text: string };

// A process of its own, because Node reads the certificates of NODE_EXTRA_CA_CERTS at its start only.
const tries = JSON.parse(process.argv[2] ?? '[]') as LoginTry[];
const outcomes: LoginOutcome[] = [];
// One after another: if two open a folder of Dovecot for the first time at once, one may get no UIDVALIDITY.
for (const { account, password } of tries) {
  const reader = imapMailReader({
    account: { ...account, account: 'support' },
    credentials: async () => ({ pass: password }),
    headerFields: [],
    exchangeTimeoutMs: 10_000,
  });
  try {
    await reader.visit('INBOX', (session) => session.status());
    outcomes.push('logged in');
  } catch (error) {
    const { kind, message } = error as { kind?: string; message: string };
    outcomes.push({ kind: kind ?? 'no kind', text: message });
  }
}
process.stdout.write(JSON.stringify(outcomes));
