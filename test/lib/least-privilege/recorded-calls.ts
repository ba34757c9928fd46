import { AsyncLocalStorage } from 'node:async_hooks';
import { SQSClient } from '@aws-sdk/client-sqs';
import { vi } from 'vitest';

/** A call of the AWS SDK, by the function that made it. */
export type RecordedCall = {
  by: string;
  /** As the SDK names it: `SendMessageBatchCommand`. */
  command: string;
  input: Record<string, unknown>;
};

type Answer = (call: RecordedCall) => Promise<unknown> | undefined;

/** What every client of the SDK inherits; sending is its one way to a service. */
type SdkClient = {
  send(command: { constructor: { name: string }; input: object }, ...rest: unknown[]): Promise<unknown>;
};
const sdkClient = Object.getPrototypeOf(SQSClient.prototype) as SdkClient;

/**
 * Records every call that functions make of AWS, whichever client makes it, while they run inside `as`. Calls from
 * anywhere else, such as those of a test, are nobody's and not recorded.
 */
export function recordCalls() {
  const calls: RecordedCall[] = [];
  const running = new AsyncLocalStorage<string>();
  let answerInstead: Answer = () => undefined;
  let afterwards: (call: RecordedCall) => Promise<void> = async () => undefined;

  const send = sdkClient.send;
  const spy = vi.spyOn(sdkClient, 'send').mockImplementation(async function (this: SdkClient, command, ...rest) {
    const by = running.getStore();
    if (by === undefined) return await send.call(this, command, ...rest);
    const call = { by, command: command.constructor.name, input: { ...command.input } };
    calls.push(call);
    const answer = await (answerInstead(call) ?? send.call(this, command, ...rest));
    await running.exit(() => afterwards(call));
    return answer;
  });

  return {
    calls,
    /** Runs a function's handler under its name. */
    as: <T>(by: string, run: () => T): T => running.run(by, run),
    /** Answers calls of services that no embedded server stands for. */
    answerWith: (answer: Answer) => {
      answerInstead = answer;
    },
    /** Lets something else happen between a call and the next of the same function, for races. */
    after: (then: (call: RecordedCall) => Promise<void>) => {
      afterwards = then;
    },
    stop: () => spy.mockRestore(),
  };
}
