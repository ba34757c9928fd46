import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { DiscordTarget } from './discord.ts';

/**
 * Whether a secret that was renewed since it was cached would explain this death. A webhook's secret is its URL: one
 * that is unknown (404) may have been replaced as well.
 */
export function mayBeStaleSecret({ kind, status }: DeliveryFailure, target: DiscordTarget): boolean {
  return kind === 'credential' || (target.kind === 'webhook' && status === 404);
}
