import type { PostServices } from '../../functions/core/delivery/posting.ts';
import { faultyPort } from '../fakes/faulty-port.ts';
import type { Random } from '../fuzz/random.ts';
import type { Invoked } from '../simulation/simulated-posters.ts';
import type { SoakRoute } from './soak-routes.ts';
import type { SoakTroubles } from './soak-troubles.ts';

const NEVER = new Promise<never>(() => {});

/**
 * The services of one invocation: any call to AWS may fail before or after its effect, and now and then the invocation
 * is killed at one of its calls, before or after it; from then on it waits for ever.
 */
export function mortalServices(
  route: SoakRoute,
  services: PostServices,
  troubles: SoakTroubles,
  random: Random,
): Invoked {
  let isKilled = false;
  let kill = () => {};
  const died = new Promise<'died'>((resolve) => {
    kill = () => {
      isKilled = true;
      resolve('died');
    };
  });
  let callsToLive = random.chance(0.03) ? random.between(1, 40) : Number.POSITIVE_INFINITY;

  /** What goes wrong at Discord's answer or at what the ledger makes of it leaves open whether a post arrived. */
  const mayGoWrong = (call: string) =>
    call === 'post' || call === 'settle' ? !route.webhookId && troubles.mayLeaveOpen(route) : !troubles.isSpared(route);

  async function live(name: string, call: () => unknown): Promise<unknown> {
    if (isKilled) return await NEVER;
    callsToLive -= 1;
    const diesHere = callsToLive === 0 && mayGoWrong(name);
    if (diesHere && random.chance(0.5)) {
      kill();
      return await NEVER;
    }
    const result = await call();
    if (diesHere) kill();
    return isKilled ? await NEVER : result;
  }

  function mortal<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get(target, property) {
        const method: unknown = Reflect.get(target, property);
        if (typeof method !== 'function') return method;
        return (...parameters: unknown[]) => live(String(property), () => method.apply(target, parameters));
      },
    });
  }

  function faulty<Port extends object>(port: Port): Port {
    return faultyPort(port, (call) =>
      random.chance(0.002) && mayGoWrong(call) ? random.pick(['before', 'after'] as const) : 'none',
    );
  }

  return {
    died,
    services: {
      ...services,
      ledger: mortal(faulty(services.ledger)),
      queue: mortal(faulty(services.queue)),
      pauses: mortal(faulty(services.pauses)),
      discord: mortal(services.discord),
    },
  };
}
