import type { Clock } from '../../functions/core/time.ts';
import { InjectedFault } from '../fakes/faulty-port.ts';

/** What becomes of a call: `after` means that it was done, and its reply is lost. Who dies goes on nowhere. */
export const FAULTS = [
  'fails before',
  'fails after',
  'hangs before',
  'hangs after',
  'dies before',
  'dies after',
] as const;
export type Fault = (typeof FAULTS)[number];

/** A call of a port: `ledger.settle`. */
export type PortCall = { name: string; parameters: readonly unknown[] };

export type Strike = {
  fault: Fault;
  /** What the caller gets where the call fails; throws an InjectedFault unless given. */
  failed?: ((call: PortCall) => unknown) | undefined;
};

export type Invocation = {
  /** Names it, and so its leases. */
  id: string;
  /** Stands still once the invocation is over. */
  clock: Clock;
  remainingMs: () => number;
  /** The port as the invocation meets it. */
  reach<Port extends object>(name: string, port: Port): Port;
};

export type Ended<Result> =
  | { kind: 'ended well'; result: Result }
  | { kind: 'threw'; error: unknown }
  | { kind: 'died' }
  | { kind: 'timed out' };

export type HandlerDependencies = {
  id: string;
  clock: Clock;
  timeoutMs: number;
  /** What befalls this call, if anything. */
  strike: (call: PortCall) => Strike | undefined;
  /** How long the next call takes before it has its effect. */
  latencyMs: () => number;
};

/** Streams are methods of this kind; every step of one is a call. */
const StreamMethod = async function* () {}.constructor;

/** One of its own each time: what waits for a promise lives as long as the promise does. */
const never = () => new Promise<never>(() => {});

/** Runs one invocation of a function to its end: good, bad, killed, or out of time. After it none of its code goes on. */
export async function invoke<Result>(
  { id, clock, timeoutMs, strike, latencyMs }: HandlerDependencies,
  run: (invocation: Invocation) => Promise<Result>,
): Promise<Ended<Result>> {
  let isOver = false;
  let die = () => {};
  const death = new Promise<Ended<Result>>((resolve) => {
    die = () => resolve({ kind: 'died' });
  });
  const endsAtMs = clock.now().getTime() + timeoutMs;

  async function call(made: PortCall, effect: () => unknown): Promise<unknown> {
    const latency = latencyMs();
    if (latency > 0) await clock.wait(latency);
    if (isOver) return await never();
    const struck = strike(made);
    if (struck?.fault.endsWith('before')) return await suffer(struck, made);
    try {
      const result = await effect();
      if (isOver) return await never();
      return struck ? await suffer(struck, made) : result;
    } catch (error) {
      if (isOver) return await never();
      throw error;
    }
  }

  async function suffer({ fault, failed = defaultFailure }: Strike, made: PortCall): Promise<unknown> {
    if (fault.startsWith('fails')) return failed(made);
    if (fault.startsWith('dies')) {
      isOver = true;
      die();
    }
    return await never();
  }

  async function* stream(made: PortCall, items: AsyncIterable<unknown>) {
    const iterator = items[Symbol.asyncIterator]();
    for (;;) {
      const next = (await call(made, () => iterator.next())) as IteratorResult<unknown>;
      if (next.done) return;
      yield next.value;
    }
  }

  function reach<Port extends object>(portName: string, port: Port): Port {
    return new Proxy(port, {
      get(target, property) {
        const method: unknown = Reflect.get(target, property);
        if (typeof method !== 'function') return method;
        return (...parameters: unknown[]) => {
          const made = { name: `${portName}.${String(property)}`, parameters };
          const effect = () => method.apply(target, parameters);
          return method instanceof StreamMethod ? stream(made, effect()) : call(made, effect);
        };
      },
    });
  }

  const invocation: Invocation = {
    id,
    clock: {
      now: clock.now,
      async wait(ms) {
        await clock.wait(ms);
        if (isOver) await never();
      },
    },
    remainingMs: () => endsAtMs - clock.now().getTime(),
    reach,
  };
  const answer = run(invocation).then(
    (result): Ended<Result> => ({ kind: 'ended well', result }),
    (error: unknown): Ended<Result> => ({ kind: 'threw', error }),
  );
  const timeout = clock.wait(timeoutMs).then((): Ended<Result> => ({ kind: 'timed out' }));
  const ended = await Promise.race([answer, death, timeout]);
  isOver = true;
  return ended;
}

function defaultFailure({ name }: PortCall): never {
  throw new InjectedFault(`${name} failed`);
}
