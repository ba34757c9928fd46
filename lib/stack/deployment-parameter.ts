import { Stack } from 'aws-cdk-lib';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { deploymentParameterOf } from './deployment-name.ts';
import type { OperatorAlarms } from './operator-alarms.ts';
import type { RouteDelivery } from './route-delivery.ts';
import type { Tables } from './tables.ts';

type DeploymentParameterProps = {
  routes: readonly RouteDelivery[];
  mailboxes: readonly string[];
  tables: Tables;
  alarms: OperatorAlarms;
};

/** The tables, queues and topic of this stack, for the CLI; nothing in it is secret. */
export class DeploymentParameter extends Construct {
  constructor(scope: Construct, id: string, { routes, mailboxes, tables, alarms }: DeploymentParameterProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const byRoute = (urlOf: (route: RouteDelivery) => string) =>
      stack.toJsonString(Object.fromEntries(routes.map((route) => [route.routeId, urlOf(route)])));
    new StringParameter(this, 'Parameter', {
      parameterName: deploymentParameterOf(stack.stackName),
      description: 'Where the rollcall command finds the tables, queues and topic of this stack',
      // A standard parameter, which is free, holds 4 KB; this tier uses the larger one only if necessary.
      tier: ParameterTier.INTELLIGENT_TIERING,
      stringValue: stack.toJsonString({
        WATERMARKS_TABLE: tables.watermarks.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        ALARM_TOPIC_ARN: alarms.topic.topicArn,
        MAILBOXES: JSON.stringify(mailboxes),
        ROUTE_QUEUE_URLS: byRoute(({ queue }) => queue.queueUrl),
        DEAD_LETTER_QUEUE_URLS: byRoute(({ deadLetters }) => deadLetters.queueUrl),
      }),
    });
  }
}
