import type { DeliveryFailure } from '../records/delivery-failure.ts';

/** Discord's own names for its error codes (Opcodes and Status Codes, JSON error codes). */
const DISCORD_CODES: Readonly<Record<string, string>> = {
  10003: 'Unknown Channel',
  10015: 'Unknown Webhook',
  40005: 'Request Entity Too Large',
  50001: 'Missing Access',
  50006: 'Cannot Send an Empty Message',
  50013: 'Missing Permissions',
  50027: 'Invalid Webhook Token',
  50035: 'Invalid Form Body',
  130000: 'API Overloaded',
  200000: 'Blocked by AutoMod',
  240000: 'Blocked by the Harmful Links Filter',
};

const KINDS: Readonly<Record<DeliveryFailure['kind'], string>> = {
  network: 'no connection to Discord',
  'rate limit': 'rate limit',
  server: 'Discord is down',
  payload: 'Discord refuses the text',
  target: 'the target is gone',
  credential: 'credential refused',
  message: 'the queue message is damaged',
  unexpected: 'unexpected answer',
};

/** A failure in two or three words, for a subject line: `Missing Access`, `credential refused (401)`. */
export function failureName({ kind, status, code }: DeliveryFailure): string {
  const name = code === null ? undefined : DISCORD_CODES[code];
  if (name) return name;
  const detail = code ?? status;
  return detail === null ? KINDS[kind] : `${KINDS[kind]} (${detail})`;
}
