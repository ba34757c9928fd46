import * as z from 'zod';
import { MailboxFailure } from '../../core/mail/mailbox-failure.ts';
import type { Clock } from '../../core/time.ts';
import { readTextUpTo } from '../capped-body.ts';
import { isRefusal, refusedToken } from './oauth-refusal.ts';

/** A token is renewed this long before it expires, so that it does not expire on its way to the server. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** RFC 6749, 5.1: if the server gives no lifetime, an hour is what all large providers use. */
const DEFAULT_LIFE_SECONDS = 3_600;

const TOKEN_TIMEOUT_MS = 15_000;

/** Access tokens of Microsoft are some kilobytes long. */
const MAX_ANSWER_BYTES = 64 * 1024;

const tokenSchema = z.object({
  access_token: z.string().min(1),
  // A client must not use a token of a type that it does not know (RFC 6749, 7.1).
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().catch(DEFAULT_LIFE_SECONDS),
});

/** The form fields of a token request. */
export type TokenForm = Readonly<Record<string, string>>;

/** Requests an access token; `fresh` after a rejection, to bypass the cached one. */
export type TokenSource = (options: { fresh: boolean }) => Promise<string>;

/**
 * Access tokens of one account by OAuth 2 (RFC 6749, sections 4.4 and 6), each kept until shortly before it expires.
 * Requests that overlap share one request to the provider.
 *
 * A new refresh token in an answer is not kept: there is no right to write one, and one in memory would be gone with the
 * next cold start. Google never replaces a refresh token; Microsoft leaves the old one valid for its 90 days. With a
 * provider that ends it at its first use, the second request is refused, which is reported at once.
 *
 * @param grant the form of the token request; read again for each request, since it holds secrets that rotate. Where
 *   the provider refuses, it is read past the cache, and a form that has changed is tried once more
 * @throws MailboxFailure `credentials` where the provider refuses, `throttled` or `unavailable` where it asks for time,
 *   `connection` or `timeout` where it cannot be reached, `protocol` where it answers with something else
 */
export function oauthTokens(
  tokenUrl: string,
  grant: (options: { fresh: boolean }) => Promise<TokenForm>,
  clock: Clock,
): TokenSource {
  let kept: { token: string; renewAtMs: number } | undefined;
  let underWay: Promise<string> | undefined;

  async function renew(fresh: boolean): Promise<string> {
    const askedAtMs = clock.now().getTime();
    const { access_token, expires_in } = await requestWithCurrentSecrets(fresh);
    const lifeMs = expires_in * 1000;
    kept = { token: access_token, renewAtMs: askedAtMs + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 2) };
    return access_token;
  }

  async function requestWithCurrentSecrets(fresh: boolean): Promise<z.infer<typeof tokenSchema>> {
    const form = await grant({ fresh });
    try {
      return await requestToken(tokenUrl, form);
    } catch (error) {
      if (fresh || !(error instanceof MailboxFailure) || error.kind !== 'credentials') throw error;
      const renewed = await grant({ fresh: true });
      if (JSON.stringify(renewed) === JSON.stringify(form)) throw error;
      return await requestToken(tokenUrl, renewed);
    }
  }

  return async ({ fresh }) => {
    if (kept && !fresh && clock.now().getTime() < kept.renewAtMs) return kept.token;
    // The request under way began after the rejected token was issued, so it serves this caller too.
    underWay ??= renew(fresh).finally(() => {
      underWay = undefined;
    });
    return await underWay;
  };
}

async function requestToken(tokenUrl: string, form: TokenForm): Promise<z.infer<typeof tokenSchema>> {
  const { host } = new URL(tokenUrl);
  const { status, body } = await postForm(tokenUrl, form);
  const content = jsonOf(body);
  const token = tokenSchema.safeParse(content);
  const isSuccess = status >= 200 && status <= 299;
  if (isSuccess && token.success) return token.data;
  // Some providers send a refusal with HTTP 200.
  if (!isSuccess || isRefusal(content)) throw refusedToken(host, { status, content, body }, form);
  throw new MailboxFailure(
    'protocol',
    `${host} answered HTTP ${status} without a bearer token. Check tokenUrl in the settings`,
  );
}

async function postForm(tokenUrl: string, form: TokenForm): Promise<{ status: number; body: string }> {
  try {
    const response = await fetch(tokenUrl, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(form),
      // Following a redirect would send the secrets to its target.
      redirect: 'manual',
      signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
    });
    return { status: response.status, body: await readTextUpTo(response, MAX_ANSWER_BYTES) };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    const what = timedOut ? `no answer within ${TOKEN_TIMEOUT_MS / 1000} s` : networkCodeOf(error);
    throw new MailboxFailure(
      timedOut ? 'timeout' : 'connection',
      `${new URL(tokenUrl).host} could not be asked for an access token: ${what}. The next poll tries again`,
      { cause: error },
    );
  }
}

/** fetch says `fetch failed`; the actual error is the code of its cause, such as ECONNREFUSED. */
function networkCodeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'no connection';
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // An HTML page: no schema matches it, and the status decides.
    return undefined;
  }
}
