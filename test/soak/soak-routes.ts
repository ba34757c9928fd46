import type { PostedRoute } from '../../functions/core/delivery/posting.ts';
import { botTarget, type DiscordTarget, webhookTarget } from '../../functions/core/discord/discord.ts';
import type { PostStyle } from '../../functions/core/discord/post-packing.ts';

/** What befalls a route beside the faults that all of them meet. */
export type SoakRoute = PostedRoute &
  PostStyle & {
    channelId: string;
    webhookId: string | undefined;
    /** `dies and heals`: answers 403 for a while. `is gone`: from the start, for good. `long outage`: five hours. */
    fate: 'lives' | 'dies and heals' | 'is gone' | 'long outage';
  };

const LOOK = { colour: 0x5865f2, ping: { users: [], roles: [] } };

export const BOT_TOKEN = 'bot-token';
export const WEBHOOK_TOKEN = 'webhook-token';

export const SOAK_ROUTES: readonly SoakRoute[] = [
  bot('vip', '100', 'lives'),
  bot('stripe', '101', 'dies and heals'),
  bot('gone', '102', 'is gone'),
  bot('outage', '103', 'long outage'),
  webhook('customer', '200', '104', 'lives'),
  webhook('sales', '201', '105', 'dies and heals'),
];

export function secretOf(target: DiscordTarget): string {
  if (target.kind === 'bot') return BOT_TOKEN;
  return `${target.secretParameter.slice('/rollcall/'.length)}/${WEBHOOK_TOKEN}`;
}

function bot(id: string, channelId: string, fate: SoakRoute['fate']): SoakRoute {
  const target = botTarget(channelId, '/rollcall/bot');
  return { ...LOOK, id, target, channelId, webhookId: undefined, fate };
}

function webhook(id: string, webhookId: string, channelId: string, fate: SoakRoute['fate']): SoakRoute {
  const target = webhookTarget(`/rollcall/${webhookId}`);
  return { ...LOOK, id, target, channelId, webhookId, fate };
}
