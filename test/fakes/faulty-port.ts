/** `before`: fails and does nothing. `after`: does it, and the reply is lost. */
export type Fault = 'none' | 'before' | 'after';

export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

/** The same port, each call of which asks `nextFault` what becomes of it. Streams (async iterables) are passed on as they are. */
export function faultyPort<Port extends object>(port: Port, nextFault: (call: string) => Fault): Port {
  return new Proxy(port, {
    get(target, property, receiver) {
      const method: unknown = Reflect.get(target, property, receiver);
      if (typeof method !== 'function') return method;
      return (...parameters: unknown[]) => {
        const result = () => method.apply(target, parameters);
        const name = String(property);
        const fault = nextFault(name);
        if (fault === 'before') return Promise.reject(new InjectedFault(`${name} failed before its effect`));
        if (fault === 'none') return result();
        return Promise.resolve(result()).then(() => {
          throw new InjectedFault(`${name} did its work, and its reply was lost`);
        });
      };
    },
  });
}
