import { randomUUID } from 'node:crypto';
import type { Context, SQSEvent } from 'aws-lambda';
import * as z from 'zod';

export type SqsFunction = (event: SQSEvent, context: Context) => unknown;

/** The result of a batch: all of it failed, or only these messages. */
export type InvocationResult =
  | { kind: 'answered'; failedMessageIds: ReadonlySet<string> }
  | { kind: 'failed'; text: string };

/**
 * Invokes a function with a batch as Lambda does, and reads its answer by the rules of a partial batch response:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 *
 * A function that exceeds its time-out is no longer waited for; unlike Lambda, this process cannot end it.
 */
export async function invoke(handler: SqsFunction, event: SQSEvent, timeoutMs: number): Promise<InvocationResult> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<InvocationResult>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'failed', text: `it took longer than ${timeoutMs} ms` }), timeoutMs);
  });
  const answered = Promise.resolve(contextOf(timeoutMs))
    .then((context) => handler(event, context))
    .then(
      (answer) => readAnswer(answer, event),
      (error: unknown): InvocationResult => ({ kind: 'failed', text: `it threw ${error}` }),
    );
  try {
    return await Promise.race([answered, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

const answerSchema = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish();

function readAnswer(answer: unknown, event: SQSEvent): InvocationResult {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) return { kind: 'failed', text: `its answer is malformed: ${z.prettifyError(parsed.error)}` };
  const failedMessageIds = new Set(parsed.data?.batchItemFailures?.map((failure) => failure.itemIdentifier));
  const batch = new Set(event.Records.map((record) => record.messageId));
  const stranger = [...failedMessageIds].find((id) => !batch.has(id));
  if (stranger) return { kind: 'failed', text: `its answer names ${stranger}, which is not in the batch` };
  return { kind: 'answered', failedMessageIds };
}

function contextOf(timeoutMs: number): Context {
  const deadline = performance.now() + timeoutMs;
  return {
    awsRequestId: randomUUID(),
    functionName: 'local',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:local',
    memoryLimitInMB: '512',
    logGroupName: '/aws/lambda/local',
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadline - performance.now()),
    done: refuseCallback,
    fail: refuseCallback,
    succeed: refuseCallback,
  };
}

function refuseCallback(): never {
  throw new Error('Answer with a promise: the runtime nodejs24.x knows no callbacks.');
}
