import * as z from 'zod';
import type { DiscordAnswer } from './discord.ts';

/** Why a post did not arrive, in the words of whoever refused it. Kept in the ledger and on the dead letter. */
export type DeliveryFailure = {
  kind: 'network' | 'rate limit' | 'server' | 'payload' | 'target' | 'credential' | 'message' | 'unexpected';
  /** HTTP status, where there was an answer. */
  status: number | null;
  /** Discord's JSON error code, or the network error's code. */
  code: string | null;
  /** What, where and what to do; never a secret, never a mail's text. */
  text: string;
  at: Date;
};

/** What becomes of a post: exactly one of four. */
export type DeliveryOutcome =
  | { kind: 'delivered'; messageId: string }
  /** Nothing is wrong with the post or its target; `afterMs` where Discord named a time, `global` where it holds for all routes of the token. */
  | { kind: 'retry'; afterMs: number | undefined; global: boolean; failure: DeliveryFailure }
  /** Discord does not want this payload; another one may pass. */
  | { kind: 'refused'; failure: DeliveryFailure }
  /** The target or its credential is gone. Retrying cannot help; a person must act. */
  | { kind: 'dead'; failure: DeliveryFailure };

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes */
const DEAD_CODES: Readonly<Record<number, DeliveryFailure['kind']>> = {
  10003: 'target', // unknown channel
  10015: 'target', // unknown webhook
  40333: 'target', // blocked by Cloudflare: the User-Agent or the whole application
  50001: 'target', // missing access
  50013: 'target', // missing permissions
  50027: 'credential', // invalid webhook token
  160005: 'target', // thread is locked
  220001: 'target', // webhooks of a forum channel need a thread
};

const REFUSED_CODES: ReadonlySet<number> = new Set([
  40005, // request entity too large
  50006, // empty message
  50035, // invalid form body
  200000, // blocked by AutoMod
  240000, // blocked by the harmful-links filter
]);

/** 130000: API resource is overloaded. */
const TRANSIENT_CODES: ReadonlySet<number> = new Set([130000]);

const errorBodySchema = z.object({ code: z.number().optional(), message: z.string().optional() });
const rateLimitBodySchema = z.object({ retry_after: z.number().nonnegative(), global: z.boolean().optional() });
const messageSchema = z.object({ id: z.string().min(1) });

const TEXT_CHARACTERS = 200;

/** Judges Discord's answer to a post. */
export function deliveryOutcomeOf(answer: DiscordAnswer, at: Date): DeliveryOutcome {
  if (answer.kind === 'network') {
    const { code, text } = answer;
    return retry({ kind: 'network', status: null, code, text: `Discord could not be reached: ${text}`, at });
  }
  if (answer.kind === 'no secret') {
    return { kind: 'dead', failure: { kind: 'credential', status: null, code: null, text: answer.text, at } };
  }
  return judgeHttp(answer, at);
}

type HttpAnswer = Extract<DiscordAnswer, { kind: 'http' }>;

function judgeHttp(answer: HttpAnswer, at: Date): DeliveryOutcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return judgeSuccess(answer, at);
  const { code, message } = errorBodySchema.safeParse(jsonOf(answer.body)).data ?? {};
  const failure = (kind: DeliveryFailure['kind']): DeliveryFailure => ({
    kind,
    status,
    code: code ? String(code) : null,
    text: (message ?? `HTTP ${status} without a reason that Rollcall can read`).slice(0, TEXT_CHARACTERS),
    at,
  });

  if (status === 429) return judgeRateLimit(answer, failure('rate limit'));
  if (status >= 500 || TRANSIENT_CODES.has(code ?? 0)) return retry(failure('server'));
  const deadKind = DEAD_CODES[code ?? 0];
  if (deadKind) return { kind: 'dead', failure: failure(deadKind) };
  if (REFUSED_CODES.has(code ?? 0)) return { kind: 'refused', failure: failure('payload') };
  return judgeStatus(status, failure);
}

/** Answers whose code says nothing: the status decides. */
function judgeStatus(status: number, failure: (kind: DeliveryFailure['kind']) => DeliveryFailure): DeliveryOutcome {
  if (status === 401) return { kind: 'dead', failure: failure('credential') };
  // An unknown reason for a 403 or 404 is still one that no retry changes, and calling a 404 webhook again leads to a ban.
  if (status === 403 || status === 404) return { kind: 'dead', failure: failure('target') };
  if (status === 408) return retry(failure('server'));
  if (status >= 400) return { kind: 'refused', failure: failure('payload') };
  // A redirect or another surprise is not Discord's API; a proxy or an outage page may be gone in a moment.
  return retry(failure('unexpected'));
}

/** Success is a message with an id. A 2xx without one is a proxy's page, or a webhook called without `wait=true`. */
function judgeSuccess({ status, body }: HttpAnswer, at: Date): DeliveryOutcome {
  const message = messageSchema.safeParse(jsonOf(body));
  if (message.success) return { kind: 'delivered', messageId: message.data.id };
  const text = `HTTP ${status} without the id of a message, so nothing proves that it was saved`;
  return retry({ kind: 'unexpected', status, code: null, text, at });
}

/** https://discord.com/developers/docs/topics/rate-limits: the body's `retry_after` is in seconds, and finer than the header. */
function judgeRateLimit({ headers, body }: HttpAnswer, failure: DeliveryFailure): DeliveryOutcome {
  const limit = rateLimitBodySchema.safeParse(jsonOf(body)).data;
  const seconds = limit?.retry_after ?? Number.parseFloat(headers['retry-after'] ?? '');
  const global = limit?.global === true || headers['x-ratelimit-scope'] === 'global';
  return {
    kind: 'retry',
    afterMs: Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : undefined,
    global,
    failure,
  };
}

function retry(failure: DeliveryFailure): DeliveryOutcome {
  return { kind: 'retry', afterMs: undefined, global: false, failure };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not JSON is an answer too: an HTML error page. The schemas then find nothing in it, and the status decides.
    return undefined;
  }
}
