import * as z from 'zod';
import { MailboxFailure } from '../core/mail/mailbox-failure.ts';
import type { Clock } from '../core/ports.ts';

/** A token is renewed this long before it expires, so that none expires on its way to the server. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** RFC 6749, 5.1: where the server names no life time, an hour is what all large providers give. */
const DEFAULT_LIFE_SECONDS = 3_600;

const TOKEN_TIMEOUT_MS = 15_000;

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(DEFAULT_LIFE_SECONDS),
});
const refusalSchema = z.object({ error: z.string(), error_description: z.string().optional() });

/** Asks for an access token; `fresh` after a rejection, past the one that is kept. */
export type TokenSource = (options: { fresh: boolean }) => Promise<string>;

/**
 * Access tokens of one account by OAuth 2 (RFC 6749, sections 4.4 and 6), each kept until shortly before it expires.
 *
 * @param grant the form fields of the token request; read anew for each request, since they hold secrets that rotate
 * @throws MailboxFailure `credentials` where the provider refuses, `connection` or `timeout` where it cannot be reached
 */
export function oauthTokens(
  tokenUrl: string,
  grant: (options: { fresh: boolean }) => Promise<Record<string, string>>,
  clock: Clock,
): TokenSource {
  let kept: { token: string; renewAtMs: number } | undefined;
  return async ({ fresh }) => {
    if (kept && !fresh && clock.now().getTime() < kept.renewAtMs) return kept.token;
    const { access_token, expires_in } = await requestToken(tokenUrl, await grant({ fresh }));
    kept = { token: access_token, renewAtMs: clock.now().getTime() + expires_in * 1000 - RENEW_BEFORE_MS };
    return access_token;
  };
}

async function requestToken(tokenUrl: string, form: Record<string, string>): Promise<z.infer<typeof tokenSchema>> {
  const { host } = new URL(tokenUrl);
  let status: number;
  let body: string;
  try {
    const response = await fetch(tokenUrl, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(form),
      redirect: 'error',
      signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
    });
    status = response.status;
    body = await response.text();
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    throw new MailboxFailure(timedOut ? 'timeout' : 'connection', `${host} could not be asked for an access token`, {
      cause: error,
    });
  }
  const token = tokenSchema.safeParse(jsonOf(body));
  if (status === 200 && token.success) return token.data;
  throw refusal(host, status, body);
}

/** 4xx is the provider's word on the credential (RFC 6749, 5.2); anything else may be gone by the next poll. */
function refusal(host: string, status: number, body: string): MailboxFailure {
  const { error, error_description } = refusalSchema.safeParse(jsonOf(body)).data ?? {};
  const said = [error, error_description?.slice(0, 200)].filter(Boolean).join(': ') || 'no reason given';
  const isCredential = status >= 400 && status < 500 && status !== 429;
  return new MailboxFailure(
    isCredential ? 'credentials' : 'connection',
    `${host} gave no access token (HTTP ${status}, ${said}). ${isCredential ? 'Renew the secrets of this mailbox' : 'The next poll tries again'}`,
  );
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // An HTML error page: the schemas find nothing in it, and the status decides.
    return undefined;
  }
}
