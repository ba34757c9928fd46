import type { Random } from '../fuzz/random.ts';
import type { PortCall, Strike } from '../simulation/invocation.ts';
import type { SoakRoute } from './soak-routes.ts';
import type { SoakTroubles } from './soak-troubles.ts';

/**
 * What befalls the calls of one invocation: any call to AWS may fail before or after its effect, and now and then the
 * invocation is killed at one of its calls, before or after it.
 */
export function soakStrikes(
  route: SoakRoute,
  troubles: SoakTroubles,
  random: Random,
): (call: PortCall) => Strike | undefined {
  let callsToLive = random.chance(0.03) ? random.between(1, 40) : Number.POSITIVE_INFINITY;

  /** What goes wrong at Discord's answer or at what the ledger makes of it leaves open whether a post arrived. */
  const mayGoWrong = (call: string) =>
    call === 'discord.post' || call === 'ledger.settle'
      ? !route.webhookId && troubles.mayLeaveOpen(route)
      : !troubles.isSpared(route);

  return ({ name }) => {
    callsToLive -= 1;
    if (callsToLive === 0 && mayGoWrong(name)) return { fault: random.pick(['dies before', 'dies after'] as const) };
    if (name === 'discord.post' || !random.chance(0.002) || !mayGoWrong(name)) return undefined;
    return { fault: random.pick(['fails before', 'fails after'] as const) };
  };
}
