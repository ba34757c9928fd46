import * as z from 'zod';
import { MailboxFailure, type MailboxFailureKind } from '../../core/mail/mailbox-failure.ts';

const refusalSchema = z.object({ error: z.string(), error_description: z.string().catch('') });

const SHOWN_CHARACTERS = 200;

/** What to do about each error of RFC 6749, 5.2; all of them stay until a person acts. */
const WAY_OUT: Readonly<Record<string, string>> = {
  invalid_grant:
    'The refresh token has expired, was revoked, or was replaced when it was used: sign in again and put the new one into its parameter',
  invalid_client: "The client's secret is wrong or has expired: put a new one into its parameter, or check clientId",
  unauthorized_client: 'Check the permissions of the client at the provider, and the consent to them',
  invalid_scope: 'Check the scope in the settings, and the permissions of the client at the provider',
  unsupported_grant_type: 'Check the auth settings of the mailbox: the provider does not know this way to log in',
};

/**
 * Names why a provider gave no access token.
 *
 * @param host of the token endpoint
 * @param content the answer's JSON; anything else where it was none
 * @param form what was sent; none of its secrets appears in the text, should the provider repeat them
 */
export function refusedToken(
  host: string,
  { status, content }: { status: number; content: unknown },
  form: Readonly<Record<string, string>>,
): MailboxFailure {
  const { error, error_description = '' } = refusalSchema.safeParse(content).data ?? {};
  const [firstLine = ''] = error_description.split(/[\r\n]/);
  const said = withoutSecrets([error, firstLine].filter(Boolean).join(': '), form).slice(0, SHOWN_CHARACTERS);
  const kind = kindOf(status, error);
  const wayOut = kind === 'credentials' ? wayOutOf(error) : 'The next poll tries again';
  return new MailboxFailure(
    kind,
    `${host} gave no access token (HTTP ${status}, ${said || 'no reason given'}). ${wayOut}`,
  );
}

/** 4xx is the provider's word on the credential; Microsoft answers it also for `temporarily_unavailable`. */
function kindOf(status: number, error: string | undefined): MailboxFailureKind {
  if (status === 429) return 'throttled';
  if (status >= 500 || error === 'temporarily_unavailable' || error === 'server_error') return 'unavailable';
  return 'credentials';
}

function wayOutOf(error: string | undefined): string {
  if (error === undefined) return 'Check tokenUrl in the settings: this is no answer of a token endpoint';
  return WAY_OUT[error] ?? 'Check the auth settings and the secrets of the mailbox';
}

function withoutSecrets(text: string, form: Readonly<Record<string, string>>): string {
  let cleaned = text;
  for (const secret of [form.client_secret, form.refresh_token]) if (secret) cleaned = cleaned.replaceAll(secret, '…');
  return cleaned;
}
