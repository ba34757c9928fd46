import type { DeliveryFailure } from '../records/delivery-failure.ts';

/**
 * The outcome of a post, by Discord's answer. The first matching row, from the top, decides.
 *
 * - `delivered`: Discord has saved it.
 * - `retry`: the post and its target are fine; it will succeed later.
 * - `refused`: Discord does not accept this payload; another one may succeed.
 * - `dead`: the target or its credential is gone; retrying cannot help, a person must act.
 *
 * Codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes
 */
export type OutcomeRow = {
  /** An HTTP status, or a whole class of them. */
  status: number | '2xx' | '4xx' | '5xx' | 'any';
  /** Discord's own error code in the body. */
  code: number | 'any';
  /** `message`: the body is a message with an id. */
  body?: 'message';
} & Judgement;

export type Judgement = {
  becomes: 'delivered' | 'retry' | 'refused' | 'dead';
  kind: DeliveryFailure['kind'];
  /** `possible`: the post may have been saved although the answer does not show it. */
  effect?: 'possible';
  means: string;
};

export const HTTP_OUTCOMES: readonly OutcomeRow[] = [
  // Only a message id proves that a message was saved: this may be a proxy's page, or a webhook without `wait=true`.
  { status: '2xx', code: 'any', body: 'message', becomes: 'delivered', kind: 'unexpected', means: 'saved' },
  { status: '2xx', code: 'any', becomes: 'retry', kind: 'unexpected', effect: 'possible', means: 'no message' },

  // A later try helps, whatever else the answer says.
  { status: 429, code: 'any', becomes: 'retry', kind: 'rate limit', means: 'too many requests' },
  { status: 'any', code: 20016, becomes: 'retry', kind: 'rate limit', means: 'slow mode' },
  { status: 'any', code: 20028, becomes: 'retry', kind: 'rate limit', means: 'write limit of the channel' },
  { status: 'any', code: 20029, becomes: 'retry', kind: 'rate limit', means: 'write limit of the server' },
  { status: 'any', code: 40062, becomes: 'retry', kind: 'rate limit', means: 'limit of a resource' },
  { status: 'any', code: 130000, becomes: 'retry', kind: 'server', effect: 'possible', means: 'overloaded' },
  { status: '5xx', code: 'any', becomes: 'retry', kind: 'server', effect: 'possible', means: 'Discord has an error' },
  { status: 'any', code: 40004, becomes: 'retry', kind: 'server', means: 'sending is disabled for a while' },
  { status: 'any', code: 40006, becomes: 'retry', kind: 'server', means: 'the feature is disabled for a while' },
  { status: 'any', code: 110001, becomes: 'retry', kind: 'server', means: 'application not available yet' },

  // The nonce of a message that was saved and then deleted (discord-api-docs #6647: intended, for safe retries).
  { status: 404, code: 10008, becomes: 'delivered', kind: 'unexpected', means: 'saved, and deleted since' },

  // The target is gone, closed, or of a type that cannot receive messages.
  { status: 'any', code: 10003, becomes: 'dead', kind: 'target', means: 'unknown channel' },
  { status: 'any', code: 10015, becomes: 'dead', kind: 'target', means: 'unknown webhook' },
  { status: 'any', code: 40007, becomes: 'dead', kind: 'target', means: 'banned from the server' },
  { status: 'any', code: 40058, becomes: 'dead', kind: 'target', means: 'a forum takes threads only' },
  { status: 'any', code: 40333, becomes: 'dead', kind: 'target', means: 'blocked by Cloudflare' },
  { status: 'any', code: 50001, becomes: 'dead', kind: 'target', means: 'missing access' },
  { status: 'any', code: 50008, becomes: 'dead', kind: 'target', means: 'not a text channel' },
  { status: 'any', code: 50013, becomes: 'dead', kind: 'target', means: 'missing permissions' },
  { status: 'any', code: 50024, becomes: 'dead', kind: 'target', means: 'wrong type of channel' },
  { status: 'any', code: 50083, becomes: 'dead', kind: 'target', means: 'thread is archived' },
  { status: 'any', code: 160005, becomes: 'dead', kind: 'target', means: 'thread is locked' },
  { status: 'any', code: 220001, becomes: 'dead', kind: 'target', means: 'a webhook of a forum needs a thread' },

  // The credential is refused.
  { status: 'any', code: 40001, becomes: 'dead', kind: 'credential', means: 'unauthorized' },
  { status: 'any', code: 50014, becomes: 'dead', kind: 'credential', means: 'invalid token' },
  { status: 'any', code: 50027, becomes: 'dead', kind: 'credential', means: 'invalid webhook token' },

  // The payload is refused.
  { status: 'any', code: 20009, becomes: 'refused', kind: 'payload', means: 'explicit content' },
  { status: 'any', code: 40005, becomes: 'refused', kind: 'payload', means: 'too large' },
  { status: 'any', code: 50006, becomes: 'refused', kind: 'payload', means: 'empty message' },
  { status: 'any', code: 50035, becomes: 'refused', kind: 'payload', means: 'invalid form body' },
  { status: 'any', code: 50109, becomes: 'refused', kind: 'payload', means: 'invalid JSON' },
  { status: 'any', code: 200000, becomes: 'refused', kind: 'payload', means: 'blocked by AutoMod' },
  { status: 'any', code: 240000, becomes: 'refused', kind: 'payload', means: 'harmful link' },

  // An unknown code, or none: the status decides. Retrying a 401, 403 or 404 never helps, even if its reason is
  // unknown, and leads to the ban for invalid requests.
  { status: 401, code: 'any', becomes: 'dead', kind: 'credential', means: 'unauthorized' },
  { status: 403, code: 'any', becomes: 'dead', kind: 'target', means: 'forbidden' },
  { status: 404, code: 'any', becomes: 'dead', kind: 'target', means: 'not found' },
  { status: 408, code: 'any', becomes: 'retry', kind: 'server', effect: 'possible', means: 'request timed out' },
  { status: '4xx', code: 'any', becomes: 'refused', kind: 'payload', means: 'the request is wrong' },
  // A redirect or anything else unexpected does not come from Discord's API; a proxy or an outage page may soon be
  // gone.
  { status: 'any', code: 'any', becomes: 'retry', kind: 'unexpected', means: "not Discord's API" },
];

/**
 * The post was not sent: the name was not resolved, the connection failed, or the certificate is not trusted. After any
 * other network error, its effect is unknown.
 */
export const NETWORK_CODES_WITHOUT_EFFECT: readonly { code: string | RegExp; means: string }[] = [
  { code: 'ENOTFOUND', means: 'DNS knows no such name' },
  { code: 'EAI_AGAIN', means: 'DNS does not answer' },
  { code: 'ECONNREFUSED', means: 'connection refused' },
  { code: 'EHOSTUNREACH', means: 'no way to the host' },
  { code: 'ENETUNREACH', means: 'no way to the network' },
  { code: 'EADDRNOTAVAIL', means: 'no address to call from' },
  { code: 'UND_ERR_CONNECT_TIMEOUT', means: 'no connection in time, TLS included' },
  // OpenSSL's verification results as named by Node: https://nodejs.org/api/tls.html#x509-certificate-error-codes
  { code: /CERT|SELF_SIGNED|^UNABLE_TO_/, means: 'a certificate that cannot be trusted' },
  { code: /^(?:ERR_TLS_|ERR_SSL_|EPROTO$)/, means: 'TLS could not be agreed on' },
];
