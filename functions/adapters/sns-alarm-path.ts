import { paginateListSubscriptionsByTopic, type SNSClient, type Subscription } from '@aws-sdk/client-sns';
import type { OperatorPaths } from '../core/checks/path-status.ts';
import type { Rights } from './rights.ts';

/** The IAM actions of this check. The policies derive from it. */
export const ALARM_PATH_RIGHTS = { alarmTopic: ['sns:ListSubscriptionsByTopic'] } as const satisfies Rights;

/**
 * Reads the subscription of the alarm address. The topic's own counts do not show whose subscription is confirmed.
 * Throws the SDK's error if SNS does not answer, or refuses.
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
    return { kind: 'checked', email, topicArn, subscription };
  };
}

/** Instead of an ARN, SNS returns `PendingConfirmation`, or `Deleted` for a while after a subscription was ended. */
function stateOf({ SubscriptionArn }: Subscription): 'confirmed' | 'pending' | 'none' {
  if (SubscriptionArn?.startsWith('arn:')) return 'confirmed';
  return SubscriptionArn === 'PendingConfirmation' ? 'pending' : 'none';
}
