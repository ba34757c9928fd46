import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SNSClient } from '@aws-sdk/client-sns';
import { awsClientOptions } from '../adapters/aws-client-options.ts';
import { sesDigestPath } from '../adapters/ses/digest-path.ts';
import { snsAlarmPath } from '../adapters/sns-alarm-path.ts';
import type { OperatorPaths } from '../core/checks/path-status.ts';
import type { Settings } from '../core/settings/settings-schema.ts';
import { type Environment, requiredValue } from './environment.ts';

/** SES answers about one such request a second and refuses more; the check can wait. */
const SES_ATTEMPTS = 8;

/** The digest's addresses in SES, and the alarm topic's subscription in SNS. */
export function operatorPathsFrom(environment: Environment, settings: Settings): OperatorPaths {
  return { digest: digestPathFrom(environment, settings), alarms: alarmPathFrom(environment, settings) };
}

/** SES can be checked before anything is deployed. */
export function digestPathFrom(environment: Environment, { digest }: Settings): OperatorPaths['digest'] {
  const { from, to } = digest;
  const client = new SESv2Client({ ...awsClientOptions(environment, 'SESV2'), maxAttempts: SES_ATTEMPTS });
  return sesDigestPath({ client, from, to });
}

function alarmPathFrom(environment: Environment, { alarms }: Settings): OperatorPaths['alarms'] {
  const client = new SNSClient(awsClientOptions(environment, 'SNS'));
  return snsAlarmPath({ client, topicArn: requiredValue(environment, 'ALARM_TOPIC_ARN'), email: alarms.email });
}
