/** `before`: fails and does nothing. `after`: does it, and the reply is lost. */
export type Fault = 'none' | 'before' | 'after';

export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

/** Methods of ports that give an async iterable: they fail when it is read, at its beginning or at its end. */
const STREAMS: ReadonlySet<string> = new Set([
  'openEntries',
  'allOpenEntries',
  'acceptedBetween',
  'entriesAboveUid',
  'entriesOfMailboxes',
  'pending',
]);

/** The same port, each call of which asks `nextFault` what becomes of it. */
export function faultyPort<Port extends object>(port: Port, nextFault: (call: string) => Fault): Port {
  return new Proxy(port, {
    get(target, property, receiver) {
      const method: unknown = Reflect.get(target, property, receiver);
      if (typeof method !== 'function') return method;
      return (...parameters: unknown[]) => {
        const result = () => method.apply(target, parameters);
        const name = String(property);
        const fault = nextFault(name);
        if (STREAMS.has(name)) return faultyStream(name, result() as AsyncIterable<unknown>, fault);
        if (fault === 'before') return Promise.reject(new InjectedFault(`${name} failed before its effect`));
        if (fault === 'none') return result();
        return Promise.resolve(result()).then(() => {
          throw new InjectedFault(`${name} did its work, and its reply was lost`);
        });
      };
    },
  });
}

async function* faultyStream(name: string, items: AsyncIterable<unknown>, fault: Fault): AsyncGenerator<unknown> {
  if (fault === 'before') throw new InjectedFault(`${name} failed at its beginning`);
  yield* items;
  if (fault === 'after') throw new InjectedFault(`${name} failed at its end`);
}
