import { mailboxLogin } from '../adapters/imap/mailbox-login.ts';
import type { Login } from '../core/mail/login.ts';
import type { MailboxSettings } from '../core/settings/settings-schema.ts';
import type { Environment } from './environment.ts';
import { secretsFrom } from './secrets.ts';

export function loginsFrom(environment: Environment): (account: MailboxSettings) => Login {
  const secrets = secretsFrom(environment);
  return (account) => mailboxLogin(account, secrets);
}
