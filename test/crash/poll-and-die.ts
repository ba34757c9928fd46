import { SQSClient } from '@aws-sdk/client-sqs';
import type { HandlerDependencies } from '../../functions/handler-dependencies.ts';
import { createPollInbox } from '../../functions/poll-inbox/handler.ts';

/** The instructions of a poll that dies, as JSON on its command line. */
export type Fate = {
  settings: HandlerDependencies['settings'];
  environment: HandlerDependencies['environment'];
  mailbox: string;
  /** The call to AWS at which the process ends, counted from 1. */
  atCall: number;
  /** `after`: AWS has done it, and this process never hears of it. */
  when: 'before' | 'after';
};

const fate = JSON.parse(process.argv[2] ?? '') as Fate;

// Every AWS client sends through the method that they share; nothing is caught, flushed or closed by SIGKILL.
const shared: { send: (...parameters: unknown[]) => Promise<unknown> } = Object.getPrototypeOf(SQSClient.prototype);
const send = shared.send;
let calls = 0;
shared.send = async function (...parameters) {
  calls += 1;
  const isFatal = calls === fate.atCall;
  if (isFatal && fate.when === 'before') process.kill(process.pid, 'SIGKILL');
  const answer = await send.apply(this, parameters);
  if (isFatal) process.kill(process.pid, 'SIGKILL');
  return answer;
};

const poll = createPollInbox({ ...fate, journal: () => undefined });
await poll({ mailbox: fate.mailbox }, { getRemainingTimeInMillis: () => 60_000 });
process.exit(0);
