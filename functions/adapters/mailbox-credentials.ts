import type { Clock, Secrets } from '../core/ports.ts';
import type { MailboxSettings } from '../core/settings/settings-schema.ts';
import type { ImapCredentials } from './imap-connection.ts';
import { oauthTokens } from './oauth-tokens.ts';

/** How an account logs in, by its settings: a password, or an access token by OAuth 2. Secrets are read when they are needed. */
export function mailboxCredentials(
  { auth }: MailboxSettings,
  secrets: Secrets,
  clock: Clock,
): (options: { fresh: boolean }) => Promise<ImapCredentials> {
  if (auth.kind === 'password') {
    return async (options) => ({ pass: await secrets.read(auth.passwordParameter, options) });
  }
  const tokens = oauthTokens(auth.tokenUrl, (options) => grantFields(auth, secrets, options), clock);
  return async (options) => ({ accessToken: await tokens(options) });
}

type OAuthSettings = Exclude<MailboxSettings['auth'], { kind: 'password' }>;

async function grantFields(
  auth: OAuthSettings,
  secrets: Secrets,
  options: { fresh: boolean },
): Promise<Record<string, string>> {
  const secretOf = async (parameter: string | undefined) =>
    parameter ? await secrets.read(parameter, options) : undefined;
  const clientSecret = await secretOf(auth.clientSecretParameter);
  return {
    client_id: auth.clientId,
    ...(clientSecret ? { client_secret: clientSecret } : {}),
    ...(auth.scope ? { scope: auth.scope } : {}),
    ...(auth.kind === 'refresh token'
      ? { grant_type: 'refresh_token', refresh_token: await secrets.read(auth.refreshTokenParameter, options) }
      : { grant_type: 'client_credentials' }),
  };
}
