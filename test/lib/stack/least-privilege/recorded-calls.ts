import { AsyncLocalStorage } from 'node:async_hooks';
import { SQSClient } from '@aws-sdk/client-sqs';
import { vi } from 'vitest';
import type { Ports } from '../../../../functions/adapters/ports.ts';

/** A call of the AWS SDK, by the function that made it. */
export type RecordedCall = {
  by: string;
  /** As the SDK names it: `SendMessageBatchCommand`. */
  command: string;
  input: Record<string, unknown>;
  /** The name of the error that it was answered with. */
  failure?: string;
};

type Answer = (call: RecordedCall) => Promise<unknown> | undefined;
type Interruption = (call: RecordedCall) => Promise<unknown>;

/** What every client of the SDK inherits; sending is its one way to a service. */
type SdkClient = {
  send(command: { constructor: { name: string }; input: object }, ...rest: unknown[]): Promise<unknown>;
};
const sdkClient = Object.getPrototypeOf(SQSClient.prototype) as SdkClient;

/**
 * The function that runs. Calls from anywhere else, such as those of a test, belong to no function and are not
 * recorded.
 */
const running = new AsyncLocalStorage<string>();

/** By function, every port method that it has called: `ledger.find`. */
const calledMethods = new Map<string, Set<string>>();

/** Records every call that functions make of AWS, whichever client makes it, while they run inside `as`. */
export function recordCalls() {
  const calls: RecordedCall[] = [];
  let answerInstead: Answer = () => undefined;
  let before: Interruption = async () => undefined;
  let after: Interruption = async () => undefined;

  const send = sdkClient.send;
  const spy = vi.spyOn(sdkClient, 'send').mockImplementation(async function (this: SdkClient, command, ...rest) {
    const by = running.getStore();
    if (by === undefined) return await send.call(this, command, ...rest);
    const call: RecordedCall = { by, command: command.constructor.name, input: { ...command.input } };
    calls.push(call);
    await running.exit(() => before(call));
    try {
      const answer = await (answerInstead(call) ?? send.call(this, command, ...rest));
      await running.exit(() => after(call));
      return answer;
    } catch (error) {
      if (error instanceof Error) call.failure = error.name;
      throw error;
    }
  });

  return {
    calls,
    calledMethods: calledMethods as ReadonlyMap<string, ReadonlySet<string>>,
    /** Runs a function's handler under its name. */
    as: <T>(by: string, run: () => T): T => running.run(by, run),
    /** Runs calls that belong to no function in the middle of a function's. */
    unrecorded: <T>(run: () => T): T => running.exit(run),
    /** Answers calls to services that have no embedded server. */
    answerWith: (answer: Answer) => {
      answerInstead = answer;
    },
    /** Lets something else happen before a call reaches its service, for races. */
    before: (interruption: Interruption) => {
      before = interruption;
    },
    /** Lets something else happen between a call and the next of the same function, for races. */
    after: (interruption: Interruption) => {
      after = interruption;
    },
    stop: () => spy.mockRestore(),
  };
}

type Factory = (...given: never[]) => object;

/** Has the ports that these factories make note who calls which of their methods. */
export function notingPorts<Factories extends Readonly<Record<string, unknown>>>(
  factories: Factories,
  names: { readonly [Name in keyof Factories]?: keyof Ports },
): Factories {
  const noting = Object.entries(names).map(([factory, port]) => [
    factory,
    (...given: never[]) => noted(port as string, (factories[factory] as Factory)(...given)),
  ]);
  return { ...factories, ...Object.fromEntries(noting) };
}

/** The same port, or a function that gives one. */
function noted(port: string, made: object): object {
  if (typeof made === 'function') return (...given: unknown[]) => noted(port, made(...given));
  const methods = Object.entries(made as Readonly<Record<string, (...given: unknown[]) => unknown>>);
  return Object.fromEntries(
    methods.map(([method, call]) => [
      method,
      (...given: unknown[]) => {
        note(`${port}.${method}`);
        return call(...given);
      },
    ]),
  );
}

function note(method: string): void {
  const by = running.getStore();
  if (by === undefined) return;
  calledMethods.set(by, (calledMethods.get(by) ?? new Set()).add(method));
}
