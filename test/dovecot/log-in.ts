import type { ImapAccount } from '../../functions/adapters/imap/connection.ts';
import { imapMailReader } from '../../functions/adapters/imap/mail-reader.ts';

/** What this process is told, as JSON on its command line, and prints for each of them. */
export type LoginTry = { account: ImapAccount; password: string };
export type LoginOutcome = 'logged in' | { kind: string; text: string };

// A process of its own, because Node reads the certificates of NODE_EXTRA_CA_CERTS at its start only.
const tries = JSON.parse(process.argv[2] ?? '[]') as LoginTry[];
const outcomes: LoginOutcome[] = [];
// One after another: of two that open a folder of Dovecot for the first time, one may be told no UIDVALIDITY.
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
