import type { Answer } from '../loopback-server.ts';

type DiscordError = { status: number; code: number; message: string };

/**
 * https://docs.discord.com/developers/topics/opcodes-and-status-codes, limited to those that the stand-in uses itself.
 */
const ERRORS = {
  unauthorized: { status: 401, code: 0, message: '401: Unauthorized' },
  notFound: { status: 404, code: 0, message: '404: Not Found' },
  unknownChannel: { status: 404, code: 10003, message: 'Unknown Channel' },
  unknownGuild: { status: 404, code: 10004, message: 'Unknown Guild' },
  unknownMember: { status: 404, code: 10007, message: 'Unknown Member' },
  unknownMessage: { status: 404, code: 10008, message: 'Unknown Message' },
  unknownWebhook: { status: 404, code: 10015, message: 'Unknown Webhook' },
  tooLarge: { status: 413, code: 40005, message: 'Request entity too large' },
  missingAccess: { status: 403, code: 50001, message: 'Missing Access' },
  emptyMessage: { status: 400, code: 50006, message: 'Cannot send an empty message' },
  missingPermissions: { status: 403, code: 50013, message: 'Missing Permissions' },
  invalidWebhookToken: { status: 401, code: 50027, message: 'Invalid Webhook Token' },
  invalidForm: { status: 400, code: 50035, message: 'Invalid Form Body' },
  invalidJson: { status: 400, code: 50109, message: 'The request body contains invalid JSON.' },
  autoMod: { status: 400, code: 200000, message: 'Message was blocked by automatic moderation' },
} satisfies Record<string, DiscordError>;

export type Refusal = keyof typeof ERRORS;

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** Discord's own answer to a request that it refuses; `errors` is the tree of a form error. */
export function refuse(refusal: Refusal, errors?: unknown): Answer {
  const { status, code, message } = ERRORS[refusal];
  return json(status, { message, code, ...(errors === undefined ? {} : { errors }) });
}

/** The message that Discord sends with a code, if the stand-in knows it. */
export function messageOfCode(code: number): string | undefined {
  return Object.values(ERRORS).find((error) => error.code === code && code !== 0)?.message;
}
