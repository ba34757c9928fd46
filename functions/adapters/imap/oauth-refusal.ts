import * as z from 'zod';
import { textOfHtml } from '../../core/mail/html-text.ts';
import { MailboxFailure, type MailboxFailureKind } from '../../core/mail/mailbox-failure.ts';
import { redacted } from './redacted.ts';

const refusalSchema = z.object({ error: z.string(), error_description: z.string().catch('') });

/** Whether this is a JSON error (RFC 6749, 5.2). */
export function isRefusal(content: unknown): boolean {
  return refusalSchema.safeParse(content).success;
}

const PAGE_CHARACTERS = 200;

/** What to do about each error of RFC 6749, 5.2; all of them stay until a person acts. */
const REMEDIES: Readonly<Record<string, string>> = {
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
 * @param body as it came: of a page, its words are quoted
 * @param form what was sent; none of its secrets appears in the text, should the provider repeat them
 */
export function refusedToken(
  host: string,
  { status, content, body }: { status: number; content: unknown; body: string },
  form: Readonly<Record<string, string>>,
): MailboxFailure {
  const { error, error_description = '' } = refusalSchema.safeParse(content).data ?? {};
  const [firstLine = ''] = error_description.split(/[\r\n]/);
  const words = error === undefined ? textOfHtml(body, PAGE_CHARACTERS).slice(0, PAGE_CHARACTERS) : error;
  const secrets = [form.client_secret, form.refresh_token].filter((secret) => secret !== undefined);
  const said = redacted([words, firstLine].filter(Boolean).join(': '), secrets);
  const kind = kindOf(status, error);
  const remedy = kind === 'credentials' ? remedyFor(error) : 'The next poll tries again';
  return new MailboxFailure(
    kind,
    `${host} gave no access token (HTTP ${status}, ${said || 'no reason given'}). ${remedy}`,
  );
}

/**
 * An error is about the credential, whatever its status, except for `temporarily_unavailable`, which Microsoft sends
 * too.
 */
function kindOf(status: number, error: string | undefined): MailboxFailureKind {
  if (status === 429) return 'throttled';
  if (status >= 500 || error === 'temporarily_unavailable' || error === 'server_error') return 'unavailable';
  return 'credentials';
}

function remedyFor(error: string | undefined): string {
  if (error === undefined) return 'Check tokenUrl in the settings: this answer is not from a token endpoint';
  return REMEDIES[error] ?? 'Check the auth settings and the secrets of the mailbox';
}
