import { DISCORD_API_URL, discordApi } from '../adapters/discord/api.ts';
import { discordTargetsApi } from '../adapters/discord/targets.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { ChatPoster, ChatProbe } from '../core/chat/chat-service.ts';
import { discordPoster, discordProbe } from '../core/discord/discord-chat.ts';
import { isUsableSecret, nameOfSecret, unreadableSecret } from '../core/discord/secret-form.ts';
import type { RouteSettings } from '../core/settings/route-schema.ts';
import type { Environment } from './environment.ts';
import { secretsFrom } from './secrets.ts';

/** Every route's chat service is Discord. Another one would be chosen here, by the route's target. */

export { failureName } from '../core/discord/failure-name.ts';

/** The poster for a route's chat service. */
export function chatPosterFrom(environment: Environment, route: RouteSettings): ChatPoster {
  return discordPoster(route, { discord: discordApi(endpointIn(environment)), clock: systemClock });
}

/** The probe of a route's target. */
export function chatProbeFrom(environment: Environment, { target }: Pick<RouteSettings, 'target'>): ChatProbe {
  return discordProbe(target, { discordTargets: discordTargetsApi(endpointIn(environment)), clock: systemClock });
}

/** The secret of a route's target: its name for a person, and why a value cannot be it. */
export function chatSecretOf({ target }: Pick<RouteSettings, 'target'>) {
  return {
    what: nameOfSecret(target),
    objection: (value: string) => (isUsableSecret(value.trim(), target) ? undefined : unreadableSecret(target)),
  };
}

/** Discord itself, unless DISCORD_API_URL names another endpoint with the same API. */
function endpointIn(environment: Environment) {
  return { baseUrl: environment.DISCORD_API_URL ?? DISCORD_API_URL, secrets: secretsFrom(environment) };
}
