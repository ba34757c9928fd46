import { Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { AUDIT_INBOX_PORTS } from '../../functions/core/audit/audit.ts';
import { AUDIT_TIMEOUT_MS } from '../../functions/core/audit/audit-limits.ts';
import { AUDIT_FINDINGS } from '../../functions/core/metrics.ts';
import { secretsOf } from '../../functions/core/settings/mailbox-auth-schema.ts';
import { polledMailboxes } from '../../functions/core/settings/polled-mailbox.ts';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import { customMetric } from './custom-metric.ts';
import { auditSchedule } from './digest-hours.ts';
import type { FailedRuns } from './failed-runs.ts';
import type { OperatorAlarms } from './operator-alarms.ts';
import { policyOf } from './policy.ts';
import { rollcallFunction } from './rollcall-function.ts';
import { type RouteDelivery, routeQueues } from './route-delivery.ts';
import { ScheduledRuns } from './scheduled-runs.ts';
import { secretParameters } from './secret-parameters.ts';
import type { SpoolBucket } from './spool-bucket.ts';
import type { Tables } from './tables.ts';

const AUDIT_MEMORY_MB = 512;

type DailyAuditProps = {
  settings: Settings;
  routes: readonly RouteDelivery[];
  tables: Tables;
  spool: SpoolBucket;
  alarms: OperatorAlarms;
  failedRuns: FailedRuns;
};

/** Compares every mailbox with the ledger once a day, before the digest, and recovers missing email. */
export class DailyAudit extends Construct {
  readonly audit: IFunction;

  constructor(scope: Construct, id: string, { settings, routes, tables, spool, alarms, failedRuns }: DailyAuditProps) {
    super(scope, id);

    this.audit = rollcallFunction(this, 'AuditInbox', {
      name: 'audit-inbox',
      description: 'Compares one mailbox with the ledger and sends what is missing or waits too long',
      timeoutMs: AUDIT_TIMEOUT_MS,
      memoryMb: AUDIT_MEMORY_MB,
      environment: {
        WATERMARKS_TABLE: tables.watermarks.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        SPOOL_BUCKET: spool.bucketName,
        ROUTE_QUEUE_URLS: Stack.of(this).toJsonString(
          Object.fromEntries(routes.map(({ routeId, queue }) => [routeId, queue.queueUrl])),
        ),
      },
      may: policyOf(AUDIT_INBOX_PORTS, {
        ...tables.resources,
        ...spool.resources,
        ...routeQueues(routes),
        ...secretParameters(
          this,
          settings.mailboxes.flatMap(({ auth }) => secretsOf(auth)),
        ),
      }),
    });

    const audits = new ScheduledRuns(this, 'Audits', { run: this.audit, retries: 1, failedRuns });
    for (const { mailbox } of polledMailboxes(settings)) {
      audits.add(mailbox, {
        description: `Audits ${mailbox}`,
        schedule: auditSchedule(settings.digest.schedule),
        input: ScheduleTargetInput.fromObject({ mailbox }),
      });
    }

    alarms.onAnyOf(customMetric(this, AUDIT_FINDINGS), 'AuditFindings', {
      name: 'the audit found something',
      loses:
        'An email was in no queue and no spool, or waited far too long, and was not seen. The audit has sent it ' +
        'again; find out what lost it.',
      runbook: 'The audit found something',
    });
  }
}
