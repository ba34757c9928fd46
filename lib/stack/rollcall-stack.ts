import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { polledMailboxes } from '../../functions/core/settings/polled-mailbox.ts';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import { DailyAudit } from './daily-audit.ts';
import { DailyDigest } from './daily-digest.ts';
import { StackDashboard } from './dashboard.ts';
import { DeploymentParameter } from './deployment-parameter.ts';
import { FailedPosters } from './failed-posters.ts';
import { FailedRuns } from './failed-runs.ts';
import { MailboxPolling } from './mailbox-polling.ts';
import { OperatorAlarms } from './operator-alarms.ts';
import { SETTINGS_CONTEXT } from './rollcall-function.ts';
import { RouteChecks } from './route-checks.ts';
import { RouteDelivery } from './route-delivery.ts';
import { SpoolBucket } from './spool-bucket.ts';
import { Tables } from './tables.ts';

/** Inbox alerts where every email is accounted for. Independent of the account and region. */
export class RollcallStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, { description: 'Rollcall: inbox alerts where every email is accounted for' });
    this.node.setContext(SETTINGS_CONTEXT, settings);
    const { mailboxes: accounts, digest } = settings;

    const alarms = new OperatorAlarms(this, 'Alarms', settings.alarms);
    const failedRuns = new FailedRuns(this, 'FailedRuns', { alarms });
    const failedPosters = new FailedPosters(this, 'FailedPosters', { alarms });

    const tables = new Tables(this, 'Tables');
    const spool = new SpoolBucket(this, 'Spool');
    const routes = settings.routes.map(
      (route) => new RouteDelivery(this, `Route-${route.id}`, { route, tables, alarms, failedPosters }),
    );

    const polling = new MailboxPolling(this, 'Polling', { accounts, routes, tables, spool, alarms, failedRuns });
    const audits = new DailyAudit(this, 'Audit', { settings, routes, tables, spool, alarms, failedRuns });
    const digests = new DailyDigest(this, 'Digest', { digest, routes, tables, spool, alarms, failedRuns });
    const checks = new RouteChecks(this, 'TargetChecks', { settings, routes, tables, alarms, failedRuns });

    const mailboxes = polledMailboxes(settings).map(({ mailbox }) => mailbox);
    new StackDashboard(this, 'Overview', { mailboxes, routes, alarms, failedRuns });
    new DeploymentParameter(this, 'Deployment', { routes, mailboxes, tables, alarms });

    new CfnOutput(this, 'AlarmTopic', { value: alarms.topic.topicArn });
    new CfnOutput(this, 'PollInboxFunction', { value: polling.poll.functionName });
    new CfnOutput(this, 'AuditInboxFunction', { value: audits.audit.functionName });
    new CfnOutput(this, 'SendDigestFunction', { value: digests.send.functionName });
    new CfnOutput(this, 'CheckRoutesFunction', { value: checks.check.functionName });
  }
}
