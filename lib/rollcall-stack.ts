import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from '../functions/core/settings/settings-schema.ts';
import { DailyDigest } from './daily-digest.ts';
import { DeploymentParameter } from './deployment-parameter.ts';
import { MailboxPolling } from './mailbox-polling.ts';
import { OperatorAlarms } from './operator-alarms.ts';
import { RouteChecks } from './route-checks.ts';
import { RouteDelivery } from './route-delivery.ts';
import { SpoolBucket } from './spool-bucket.ts';
import { Tables } from './tables.ts';

/** Inbox alerts where every mail is accounted for, in whichever account and region it is deployed to. */
export class RollcallStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, { description: 'Rollcall: inbox alerts where every mail is accounted for' });

    const alarms = new OperatorAlarms(this, 'Alarms', settings.alarms);
    const tables = new Tables(this, 'Tables');
    const spool = new SpoolBucket(this, 'Spool');
    const routes = settings.routes.map(
      (route) => new RouteDelivery(this, `Route-${route.id}`, { route, tables, alarms }),
    );

    const polling = new MailboxPolling(this, 'Polling', {
      accounts: settings.mailboxes,
      routes,
      tables,
      spool,
      alarms,
    });
    const digest = new DailyDigest(this, 'Digest', { digest: settings.digest, tables, spool, alarms });

    if (routes.length > 0) new RouteChecks(this, 'TargetChecks', { settings: settings.routes, routes, tables, alarms });
    new DeploymentParameter(this, 'Deployment', { routes, tables });

    new CfnOutput(this, 'AlarmTopic', { value: alarms.topic.topicArn });
    new CfnOutput(this, 'PollInboxFunction', { value: polling.poll.functionName });
    new CfnOutput(this, 'SendDigestFunction', { value: digest.send.functionName });
  }
}
