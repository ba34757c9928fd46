import { DISCORD_API_URL, discordApi } from '../adapters/discord.ts';
import { discordTargetsApi } from '../adapters/discord-targets.ts';
import type { Discord, DiscordTargets } from '../core/discord/discord.ts';
import type { Environment } from './environment.ts';
import { secretsFrom } from './secrets.ts';

/** Discord itself, unless DISCORD_API_URL names another endpoint that speaks its API. */
export function discordFrom(environment: Environment): Discord {
  return discordApi({ baseUrl: environment.DISCORD_API_URL ?? DISCORD_API_URL, secrets: secretsFrom(environment) });
}

/** The same endpoint, for looking only. */
export function discordTargetsFrom(environment: Environment): DiscordTargets {
  return discordTargetsApi({
    baseUrl: environment.DISCORD_API_URL ?? DISCORD_API_URL,
    secrets: secretsFrom(environment),
  });
}
