import { GetQueueAttributesCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Deployment } from './deployment.ts';
import { until } from './steps.ts';

const DEAD_MS = 60_000;

/** How many messages a queue holds, whether they can be seen at the moment or not. */
export async function depthOf(queueUrl: string, { sqs }: Deployment): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
}

export function deadLetterQueueOf(route: string, deployment: Deployment): string {
  return deployment.one('AWS::SQS::Queue', `Route${route}DeadLetters`).physicalId;
}

/** Waits until a route has this many dead letters. */
export async function areDead(route: string, alerts: number, deployment: Deployment): Promise<void> {
  await until(`the dead letters of ${route}`, DEAD_MS, async () => {
    const depth = await depthOf(deadLetterQueueOf(route, deployment), deployment);
    return depth === alerts ? { depth } : `There are ${depth} of ${alerts}.`;
  });
}

/** The attributes of each message in a route's dead-letter queue, as lib/RUNBOOK.md looks at them. */
export async function deadLettersOf(route: string, deployment: Deployment): Promise<Record<string, string>[]> {
  const QueueUrl = deadLetterQueueOf(route, deployment);
  const messages = new Map<string, Message>();
  for (let looks = 0; looks < 20; looks += 1) {
    const { Messages = [] } = await deployment.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        VisibilityTimeout: 2,
      }),
    );
    if (Messages.length === 0) break;
    for (const message of Messages) messages.set(message.MessageId ?? '', message);
  }
  return [...messages.values()].map(({ MessageAttributes = {} }) =>
    Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue ?? ''])),
  );
}
