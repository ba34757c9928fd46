import * as z from 'zod';
import type { PostOutcome } from '../chat/chat-service.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { DiscordAnswer } from './discord.ts';
import { HTTP_OUTCOMES, type Judgement, NETWORK_CODES_WITHOUT_EFFECT, type OutcomeRow } from './outcome-table.ts';

/** Replaces the id of a message that was saved and deleted before its id was known. */
const DELETED_MESSAGE = 'deleted';

const errorBodySchema = z.object({ code: z.number().optional(), message: z.string().optional() });
const rateLimitBodySchema = z.object({ retry_after: z.number().nonnegative(), global: z.boolean().optional() });
const messageSchema = z.object({ id: z.string().min(1) });

const TEXT_CHARACTERS = 200;

/** Interprets Discord's answer to a post, by the table in outcome-table.ts. */
export function postOutcomeOf(answer: DiscordAnswer, at: Date): PostOutcome {
  switch (answer.kind) {
    case 'network': {
      const { code, text } = answer;
      const failure = {
        kind: 'network',
        status: null,
        code,
        text: `Discord could not be reached: ${text}`,
        at,
      } as const;
      return { kind: 'retry', afterMs: undefined, global: false, effect: effectOfNetworkCode(code), failure };
    }
    case 'no secret':
      return { kind: 'dead', failure: { kind: 'credential', status: null, code: null, text: answer.text, at } };
    case 'http':
      return judgeHttp(answer, at);
  }
}

type HttpAnswer = Extract<DiscordAnswer, { kind: 'http' }>;

function judgeHttp(answer: HttpAnswer, at: Date): PostOutcome {
  const json = jsonOf(answer.body);
  const { code, message } = errorBodySchema.safeParse(json).data ?? {};
  const messageId = messageSchema.safeParse(json).data?.id;
  const judgement = judgementOf({ status: answer.status, code, hasMessage: messageId !== undefined });
  const failure: DeliveryFailure = {
    kind: judgement.kind,
    status: answer.status,
    code: code ? String(code) : null,
    text: (message || textOf(answer.status, judgement)).slice(0, TEXT_CHARACTERS),
    at,
  };
  switch (judgement.becomes) {
    case 'delivered':
      return { kind: 'delivered', postId: messageId ?? DELETED_MESSAGE };
    case 'retry': {
      const limit = judgement.kind === 'rate limit' ? rateLimitIn(answer) : { afterMs: undefined, global: false };
      return { kind: 'retry', ...limit, effect: judgement.effect ?? 'none', failure };
    }
    default:
      return { kind: judgement.becomes, failure };
  }
}

function judgementOf(answer: { status: number; code: number | undefined; hasMessage: boolean }): Judgement {
  const fits = ({ status, code, body }: OutcomeRow) =>
    (status === 'any' || status === answer.status || status === `${Math.floor(answer.status / 100)}xx`) &&
    (code === 'any' || code === answer.code) &&
    (body === undefined || answer.hasMessage);
  // The last row matches everything.
  return HTTP_OUTCOMES.find(fits) as OutcomeRow;
}

function textOf(status: number, { means, kind }: Judgement): string {
  if (means === 'no message') return `HTTP ${status} without the id of a message, so nothing proves that it was saved`;
  return kind === 'unexpected'
    ? `HTTP ${status}: this is ${means}`
    : `HTTP ${status} without a reason that Rollcall can read (${means})`;
}

/**
 * https://docs.discord.com/developers/topics/rate-limits: the body's `retry_after` is in seconds, and more precise than
 * the header. A 429 in any other form comes from Cloudflare, in front of the API; it applies to the caller's address,
 * and so to every route (discord-api-docs issues 1771 and 5810).
 */
function rateLimitIn({ status, headers, body }: HttpAnswer): { afterMs: number | undefined; global: boolean } {
  const limit = rateLimitBodySchema.safeParse(jsonOf(body)).data;
  const seconds = limit?.retry_after ?? Number.parseFloat(headers['retry-after'] ?? '');
  const isDiscords = status !== 429 || limit !== undefined || headers['x-ratelimit-scope'] !== undefined;
  const saysGlobal = limit?.global || headers['x-ratelimit-global'] || headers['x-ratelimit-scope'] === 'global';
  return {
    afterMs: seconds >= 0 ? Math.ceil(seconds * 1000) : undefined,
    global: Boolean(saysGlobal) || !isDiscords,
  };
}

function effectOfNetworkCode(code: string): 'none' | 'possible' {
  const didNotLeave = NETWORK_CODES_WITHOUT_EFFECT.some((row) =>
    typeof row.code === 'string' ? row.code === code : row.code.test(code),
  );
  return didNotLeave ? 'none' : 'possible';
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // An HTML error page is not JSON. The schemas then find nothing in it, and the status decides.
    return undefined;
  }
}
