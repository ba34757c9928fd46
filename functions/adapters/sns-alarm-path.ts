import { paginateListSubscriptionsByTopic, type SNSClient, type Subscription } from '@aws-sdk/client-sns';
import type { OperatorPaths } from '../core/checks/path-status.ts';
import type { Rights } from './rights.ts';

/** What looking needs of IAM. The policies derive from it. */
export const ALARM_PATH_RIGHTS = { alarmTopic: ['sns:ListSubscriptionsByTopic'] } as const satisfies Rights;

/**
 * Looks at the subscription of the alarm address. The topic's own counts would not tell whose subscription is confirmed.
 * Throws what the SDK throws where SNS does not answer, or not to us.
 */
export function snsAlarmPath({
  client,
  topicArn,
  email,
}: {
  client: SNSClient;
  topicArn: string;
  email: string;
}): OperatorPaths['alarms'] {
  const isOurs = ({ Protocol, Endpoint }: Subscription) =>
    Protocol?.startsWith('email') && Endpoint?.toLowerCase() === email.toLowerCase();

  return async () => {
    const states: string[] = [];
    for await (const { Subscriptions } of paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn })) {
      for (const subscription of Subscriptions ?? []) if (isOurs(subscription)) states.push(stateOf(subscription));
    }
    const subscription = (['confirmed', 'pending'] as const).find((state) => states.includes(state)) ?? 'none';
    return { kind: 'seen', email, topicArn, subscription };
  };
}

/** In place of an ARN stands `PendingConfirmation`, or for a while `Deleted` after somebody ended it. */
function stateOf({ SubscriptionArn }: Subscription): 'confirmed' | 'pending' | 'none' {
  if (SubscriptionArn?.startsWith('arn:')) return 'confirmed';
  return SubscriptionArn === 'PendingConfirmation' ? 'pending' : 'none';
}
