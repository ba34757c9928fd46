import type { DeliveryFailure } from '../records/delivery-failure.ts';
import { type DiscordTarget, nameOfTarget, secretParameterOf } from './discord.ts';

/** The failure's text with what a person has to fix at this target. */
export function remedied({ kind, status, text }: DeliveryFailure, target: DiscordTarget): string {
  // Without an answer there was no usable secret, and the text says so already.
  if (kind === 'credential' && status !== null) return `${text} (renew the secret in ${secretParameterOf(target)})`;
  if (kind === 'target') return `${text} (check ${nameOfTarget(target)})`;
  return text;
}
