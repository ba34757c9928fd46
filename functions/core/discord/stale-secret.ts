import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { DiscordTarget } from './discord.ts';

/**
 * Whether this failure may be due to a cached secret that has been replaced. A webhook's secret is its URL: an unknown
 * webhook (404) may have been replaced as well.
 */
export function mayBeStaleSecret({ kind, status }: DeliveryFailure, target: DiscordTarget): boolean {
  return kind === 'credential' || (target.kind === 'webhook' && status === 404);
}
