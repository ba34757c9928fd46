import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { ChatTarget } from './chat-target.ts';

/** The failure's text with what a person must fix at this target. */
export function remedied({ kind, status, text }: DeliveryFailure, { name, secretParameter }: ChatTarget): string {
  // Without an answer there was no usable secret, and the text already says so.
  if (kind === 'credential' && status !== null) return `${text} (renew the secret in ${secretParameter})`;
  if (kind === 'target') return `${text} (check ${name})`;
  return text;
}
