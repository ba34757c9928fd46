import { createHash } from 'node:crypto';
import type { Login } from '../../core/mail/login.ts';
import type { SecretVersions } from '../../core/secrets.ts';
import { secretsOf } from '../../core/settings/mailbox-auth-schema.ts';
import type { MailboxSettings } from '../../core/settings/settings-schema.ts';

/** The login of an account, by its settings and the versions of its secrets, but not their values. */
export function mailboxLogin(
  { host, port, tls, user, auth }: Pick<MailboxSettings, 'host' | 'port' | 'tls' | 'user' | 'auth'>,
  secrets: SecretVersions,
): Login {
  return {
    async version() {
      const versions = await Promise.all(secretsOf(auth).map((parameter) => secrets.version(parameter)));
      const login = JSON.stringify([host, port, tls, user, auth, versions]);
      return createHash('sha256').update(login).digest('hex');
    },
  };
}
