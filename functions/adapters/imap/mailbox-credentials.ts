import type { Secrets } from '../../core/secrets.ts';
import type { MailboxSettings } from '../../core/settings/settings-schema.ts';
import type { Clock } from '../../core/time.ts';
import type { ImapCredentials } from './connection.ts';
import { oauthTokens, type TokenForm } from './oauth-tokens.ts';

/**
 * How an account logs in, by its settings: a password, or an access token by OAuth 2. Secrets are read when they are
 * needed.
 */
export function mailboxCredentials(
  { auth }: Pick<MailboxSettings, 'auth'>,
  secrets: Secrets,
  clock: Clock,
): (options: { fresh: boolean }) => Promise<ImapCredentials> {
  if (auth.kind === 'password') {
    return async (options) => ({ pass: withoutLineEnd(await secrets.read(auth.passwordParameter, options)) });
  }
  const tokens = oauthTokens(auth.tokenUrl, (options) => tokenForm(auth, secrets, options), clock);
  return async (options) => ({ accessToken: await tokens(options) });
}

type OAuthSettings = Exclude<MailboxSettings['auth'], { kind: 'password' }>;

/**
 * RFC 6749: 4.4.2 and 6 for the grants, 2.3.1 for the client's secret, which all large providers accept in the form.
 */
async function tokenForm(auth: OAuthSettings, secrets: Secrets, options: { fresh: boolean }): Promise<TokenForm> {
  const secretIn = async (parameter: string) => withoutLineEnd(await secrets.read(parameter, options));
  return {
    client_id: auth.clientId,
    ...(auth.clientSecretParameter ? { client_secret: await secretIn(auth.clientSecretParameter) } : {}),
    ...(auth.scope ? { scope: auth.scope } : {}),
    ...(auth.kind === 'refresh token'
      ? { grant_type: 'refresh_token', refresh_token: await secretIn(auth.refreshTokenParameter) }
      : { grant_type: 'client_credentials' }),
  };
}

/** A parameter that was filled from a file ends with a line break; a secret never contains one. */
function withoutLineEnd(secret: string): string {
  return secret.replace(/\r?\n$/, '');
}
