import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DIGEST_TIMEOUT_MS } from '../functions/core/digest/digest-limits.ts';
import { BY_LOCATION_INDEX, OPEN_INDEX } from '../functions/core/ledger/table-design.ts';
import { SENT_DIGESTS } from '../functions/core/metrics.ts';
import type { DigestSettings } from '../functions/core/settings/settings-schema.ts';
import { digestSchedule } from './digest-hours.ts';
import type { FailedRuns } from './failed-runs.ts';
import type { OperatorAlarms } from './operator-alarms.ts';
import { ownMetric } from './own-metric.ts';
import { rollcallFunction } from './rollcall-function.ts';
import type { RouteDelivery } from './route-delivery.ts';
import { ScheduledRuns } from './scheduled-runs.ts';
import { sendingIdentityArns } from './sending-identities.ts';
import type { SpoolBucket } from './spool-bucket.ts';
import { indexArn, type Tables } from './tables.ts';

const DIGEST_MEMORY_MB = 512;

/** A digest that comes late by its retries, or by the hour of a summer time that ends, is no alarm. */
const HOURS_WITHOUT_DIGEST = { daily: 26, hourly: 3 };

type DailyDigestProps = {
  digest: DigestSettings;
  routes: readonly RouteDelivery[];
  tables: Tables;
  spool: SpoolBucket;
  alarms: OperatorAlarms;
  failedRuns: FailedRuns;
};

/** Mails what needs a person, the unknown mail and the counts, at the hour of the user's own time zone. */
export class DailyDigest extends Construct {
  readonly send: IFunction;

  constructor(scope: Construct, id: string, { digest, routes, tables, spool, alarms, failedRuns }: DailyDigestProps) {
    super(scope, id);
    const deadLetterQueueUrls = routes.map(({ routeId, deadLetters }) => [routeId, deadLetters.queueUrl]);

    this.send = rollcallFunction(this, 'SendDigest', {
      name: 'send-digest',
      description: 'Mails the digest and archives the spool that it carried',
      timeoutMs: DIGEST_TIMEOUT_MS,
      memoryMb: DIGEST_MEMORY_MB,
      environment: {
        WATERMARKS_TABLE: tables.watermarks.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        SPOOL_BUCKET: spool.bucketName,
        DEAD_LETTER_QUEUE_URLS: Stack.of(this).toJsonString(Object.fromEntries(deadLetterQueueUrls)),
      },
      may: [
        // The counts of each mailbox, and beside them the lease on the run.
        new PolicyStatement({
          actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
          resources: [tables.watermarks.tableArn],
        }),
        new PolicyStatement({
          actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
          resources: [tables.ledger.tableArn],
        }),
        new PolicyStatement({
          actions: ['dynamodb:Query'],
          resources: [indexArn(tables.ledger, BY_LOCATION_INDEX)],
        }),
        new PolicyStatement({ actions: ['dynamodb:Scan'], resources: [indexArn(tables.ledger, OPEN_INDEX)] }),
        // Not for one prefix only: whoever may not list the bucket is told "access denied" of a segment that is gone.
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [spool.bucketArn] }),
        new PolicyStatement({ actions: ['s3:GetObject', 's3:DeleteObject'], resources: [spool.pendingArn] }),
        new PolicyStatement({ actions: ['s3:PutObject'], resources: [spool.digestedArn] }),
        // To see which dead letters nothing can deliver; what it has looked at it shows again.
        new PolicyStatement({
          actions: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility'],
          resources: routes.map(({ deadLetters }) => deadLetters.queueArn),
        }),
        maySend(this, digest),
        // Without routes there are no queues, and IAM takes no statement without a resource.
      ].filter(({ resources }) => resources.length > 0),
    });

    new ScheduledRuns(this, 'Digests', { run: this.send, retries: 2, failedRuns }).add('Schedule', {
      description: 'Sends the digest',
      schedule: digestSchedule(digest.schedule),
    });

    alarms.onSilence(
      ownMetric(this, SENT_DIGESTS),
      'Digests',
      {
        name: 'the digest was not sent',
        loses: 'Nobody is told of unknown mail, nor of what waits for a person; both wait in the spool and the ledger.',
        runbook: 'The digest was not sent',
      },
      { period: Duration.hours(1), periods: HOURS_WITHOUT_DIGEST[digest.schedule.kind] },
    );
  }
}

/**
 * Lets a function send from the digest's address only. SES authorizes a mail on the identity it is from, which is the
 * address or its domain, whichever was verified, and in the sandbox on the recipients' identities as well.
 */
function maySend(scope: Construct, digest: DigestSettings): PolicyStatement {
  return new PolicyStatement({
    // SES checks SendRawEmail for the same call of its API v2 where the mail is MIME, as one with attachments is.
    actions: ['ses:SendEmail', 'ses:SendRawEmail'],
    resources: sendingIdentityArns(scope, digest),
    conditions: { StringEquals: { 'ses:FromAddress': digest.from } },
  });
}
