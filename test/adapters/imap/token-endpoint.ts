import { type Answer, startLoopbackServer } from '../../../lib/local/loopback-server.ts';

export type TokenEndpointOptions = {
  clientId: string;
  clientSecret?: string;
  /** Undefined where the client may not act for a user. */
  refreshToken?: string;
  scope: string;
  /** Whom the tokens are for. */
  user?: string;
  expiresInSeconds?: number;
  /** Whether an answer brings a new refresh token, and what becomes of the old one (RFC 6749, 6). */
  refreshTokens?: 'stay' | 'new one, old one stays' | 'new one, old one ends';
};

/** What a provider keeps of a token request. */
type TokenRequest = { form: Readonly<Record<string, string>>; headers: Readonly<Record<string, unknown>> };

export type TokenEndpoint = {
  url: string;
  /** Where a mail server asks whether a token is valid, and for whom (RFC 7662). */
  introspectionUrl: string;
  requests: readonly TokenRequest[];
  /** The access token that a mail server takes: the newest. */
  currentToken(): string | undefined;
  /** Ends the newest token: the mail server rejects it although it has not expired. */
  revoke(): void;
  changeSecrets(secrets: { clientSecret?: string; refreshToken?: string }): void;
  /** Answers the next request with this, whatever it asks; `reset` ends the connection. */
  answerNext(answer: Answer | 'reset'): void;
  /** Holds all answers back until it is called again with false. */
  hold(held: boolean): void;
  stop(): Promise<void>;
};

/**
 * A stand-in of a provider's token endpoint that keeps the rules of RFC 6749: form-encoded POST, each parameter once
 * (3.2), the client's secret in the form (2.3.1), refresh token (6) and client credentials (4.4), errors by 5.2.
 */
export async function startTokenEndpoint(options: TokenEndpointOptions): Promise<TokenEndpoint> {
  const { clientId, scope, user, expiresInSeconds = 3_600, refreshTokens = 'stay' } = options;
  let { clientSecret, refreshToken } = options;
  const requests: TokenRequest[] = [];
  const nextAnswers: (Answer | 'reset')[] = [];
  let tokens = 0;
  let revoked = 0;
  let release: (() => void) | undefined;
  let held: Promise<void> | undefined;

  function judge(form: URLSearchParams): Answer {
    const names = [...form.keys()];
    const grantType = form.get('grant_type');
    if (new Set(names).size < names.length || !grantType) return refusal(400, 'invalid_request');
    const secret = form.get('client_secret') ?? undefined;
    if (form.get('client_id') !== clientId || secret !== clientSecret)
      return refusal(401, 'invalid_client', `AADSTS7000215: Invalid client secret ${secret}.\r\nTrace`);
    const asked = form.get('scope')?.split(' ') ?? [];
    if (asked.some((one) => !scope.split(' ').includes(one))) return refusal(400, 'invalid_scope');
    return judgeGrant(grantType, form.get('refresh_token'));
  }

  function judgeGrant(grantType: string, presented: string | null): Answer {
    switch (grantType) {
      case 'refresh_token':
        return presented === refreshToken
          ? granted(true)
          : refusal(400, 'invalid_grant', `Token ${presented} has been expired or revoked.`);
      case 'client_credentials':
        // For confidential clients only (4.4).
        return clientSecret === undefined ? refusal(400, 'unauthorized_client') : granted(false);
      default:
        return refusal(400, 'unsupported_grant_type');
    }
  }

  function granted(byRefreshToken: boolean): Answer {
    tokens += 1;
    const isNew = byRefreshToken && refreshTokens !== 'stay';
    if (isNew && refreshTokens === 'new one, old one ends') refreshToken = `refresh-token-${tokens}`;
    return json(200, {
      access_token: `access-token-${tokens}`,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      ...(isNew ? { refresh_token: `refresh-token-${tokens}` } : {}),
    });
  }

  function currentToken(): string | undefined {
    return tokens > revoked ? `access-token-${tokens}` : undefined;
  }

  function introspected(token: string | null): Answer {
    return json(200, token === currentToken() ? { active: true, username: user, scope } : { active: false });
  }

  const server = await startLoopbackServer(async ({ method, url, headers, body }) => {
    const form = new URLSearchParams(body);
    if (url.pathname === '/introspect') return introspected(form.get('token'));
    requests.push({ form: Object.fromEntries(form), headers });
    await held;
    const forced = nextAnswers.shift();
    if (forced) return forced;
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    if (method !== 'POST' || url.pathname !== '/token' || url.search || !isForm) return refusal(400, 'invalid_request');
    return judge(form);
  });

  return {
    url: `${server.origin}/token`,
    introspectionUrl: `${server.origin}/introspect`,
    requests,
    currentToken,
    revoke() {
      revoked = tokens;
    },
    changeSecrets(secrets) {
      clientSecret = secrets.clientSecret ?? clientSecret;
      refreshToken = secrets.refreshToken ?? refreshToken;
    },
    answerNext: (answer) => nextAnswers.push(answer),
    hold(holds) {
      release?.();
      held = holds ? new Promise((resolve) => (release = resolve)) : undefined;
    },
    async stop() {
      release?.();
      await server.stop();
    },
  };
}

/** 5.1: tokens must not be stored on their way. */
function json(status: number, content: unknown): Answer {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' };
  return { status, headers, body: JSON.stringify(content) };
}

function refusal(status: number, error: string, description?: string): Answer {
  return json(status, { error, ...(description ? { error_description: description } : {}) });
}
