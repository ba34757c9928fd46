import * as z from 'zod';
import { fields, line, oneForm, oneOf } from '../fields.ts';
import { httpsUrl, parameterName } from './settings-text.ts';

/** How Rollcall logs in. The settings have the names of secrets, which are read at run time. */
export type MailboxAuth =
  | { kind: 'password'; passwordParameter: string }
  | {
      kind: 'refresh token';
      provider: 'gmail' | 'microsoft' | undefined;
      tokenUrl: string;
      clientId: string;
      clientSecretParameter: string | undefined;
      refreshTokenParameter: string;
      scope: string | undefined;
    }
  | {
      kind: 'client credentials';
      tokenUrl: string;
      clientId: string;
      clientSecretParameter: string;
      scope: string;
    };

const clientId = line("an OAuth client's id", '1234.apps.example.com', 'secret');
const scope = line('an OAuth scope', 'https://mail.example.com/', 'secret');
const tenant = line('a tenant', 'contoso.onmicrosoft.com', 'secret').transform(encodeURIComponent);
const tokenUrl = httpsUrl('https://login.example.com/token');

const password = fields('a password login', { passwordParameter: parameterName() }).transform(
  (auth): MailboxAuth => ({ kind: 'password', ...auth }),
);

/** https://developers.google.com/workspace/gmail/imap/xoauth2-protocol */
const gmail = fields('a Gmail login', {
  provider: oneOf(['gmail']),
  clientId,
  clientSecretParameter: parameterName(),
  refreshTokenParameter: parameterName(),
}).transform(
  (auth): MailboxAuth => ({
    kind: 'refresh token',
    ...auth,
    tokenUrl: 'https://oauth2.googleapis.com/token',
    scope: 'https://mail.google.com/',
  }),
);

/** Scopes: learn.microsoft.com, "Authenticate an IMAP, POP or SMTP connection using OAuth". */
const microsoftUser = fields('a Microsoft login with a refresh token', {
  provider: oneOf(['microsoft']),
  clientId,
  clientSecretParameter: parameterName().optional(),
  refreshTokenParameter: parameterName(),
  tenant: tenant.optional(),
}).transform(
  ({ tenant = 'common', clientSecretParameter, ...auth }): MailboxAuth => ({
    kind: 'refresh token',
    ...auth,
    clientSecretParameter,
    tokenUrl: microsoftTokenUrl(tenant),
    scope: 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access',
  }),
);

const microsoftApp = fields('a Microsoft login with client credentials', {
  provider: oneOf(['microsoft']),
  clientId,
  clientSecretParameter: parameterName(),
  tenant,
}).transform(
  ({ tenant, clientId, clientSecretParameter }): MailboxAuth => ({
    kind: 'client credentials',
    clientId,
    clientSecretParameter,
    tokenUrl: microsoftTokenUrl(tenant),
    scope: 'https://outlook.office365.com/.default',
  }),
);

function microsoftTokenUrl(tenant: string): string {
  return `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
}

const refreshToken = fields('a login with a refresh token', {
  tokenUrl,
  clientId,
  clientSecretParameter: parameterName().optional(),
  refreshTokenParameter: parameterName(),
  scope: scope.optional(),
}).transform(
  ({ clientSecretParameter, scope, ...auth }): MailboxAuth => ({
    kind: 'refresh token',
    provider: undefined,
    ...auth,
    clientSecretParameter,
    scope,
  }),
);

const clientCredentials = fields('a login with client credentials', {
  tokenUrl,
  clientId,
  clientSecretParameter: parameterName(),
  scope,
}).transform((auth): MailboxAuth => ({ kind: 'client credentials', ...auth }));

const unknownProvider = z.looseObject({ provider: oneOf(['gmail', 'microsoft']) }).transform(() => z.NEVER);

type AuthInput = z.input<
  | typeof password
  | typeof gmail
  | typeof microsoftUser
  | typeof microsoftApp
  | typeof refreshToken
  | typeof clientCredentials
>;

export const mailboxAuthSchema = oneForm<AuthInput, MailboxAuth>(
  'a login',
  "Write { passwordParameter: '/…' }, or for OAuth2 { provider: 'gmail' or 'microsoft', clientId, … } or { tokenUrl, clientId, … } with refreshTokenParameter, clientSecretParameter or both.",
  (auth) => {
    if ('passwordParameter' in auth) return password;
    if (auth.provider === 'gmail') return gmail;
    if (auth.provider === 'microsoft') return 'refreshTokenParameter' in auth ? microsoftUser : microsoftApp;
    if ('provider' in auth) return unknownProvider;
    if ('tokenUrl' in auth) return 'refreshTokenParameter' in auth ? refreshToken : clientCredentials;
    return 'no way to log in is named';
  },
);

/** The parameters of the secrets that a login reads. */
export function secretsOf(auth: MailboxAuth): string[] {
  switch (auth.kind) {
    case 'password':
      return [auth.passwordParameter];
    case 'client credentials':
      return [auth.clientSecretParameter];
    case 'refresh token':
      return [auth.refreshTokenParameter, ...(auth.clientSecretParameter ? [auth.clientSecretParameter] : [])];
  }
}
