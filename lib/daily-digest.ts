import { Stack, TimeZone } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { BY_LOCATION_INDEX, OPEN_INDEX } from '../functions/core/ledger/table-design.ts';
import type { DigestSettings } from '../functions/core/settings/settings-schema.ts';
import type { OperatorAlarms } from './operator-alarms.ts';
import { rollcallFunction } from './rollcall-function.ts';
import { ScheduledRuns } from './scheduled-runs.ts';
import type { SpoolBucket } from './spool-bucket.ts';
import { indexArn, type Tables } from './tables.ts';

const DIGEST_TIMEOUT_MS = 5 * 60_000;
const DIGEST_MEMORY_MB = 512;

type DailyDigestProps = {
  digest: DigestSettings;
  tables: Tables;
  spool: SpoolBucket;
  alarms: OperatorAlarms;
};

/** Mails what needs a person, the unknown mail and the counts, at the hour of the user's own time zone. */
export class DailyDigest extends Construct {
  readonly send: IFunction;

  constructor(scope: Construct, id: string, { digest, tables, spool, alarms }: DailyDigestProps) {
    super(scope, id);

    this.send = rollcallFunction(this, 'SendDigest', {
      name: 'send-digest',
      description: 'Mails the digest and archives the spool that it carried',
      timeoutMs: DIGEST_TIMEOUT_MS,
      memoryMb: DIGEST_MEMORY_MB,
      environment: {
        WATERMARKS_TABLE: tables.watermarks.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        SPOOL_BUCKET: spool.bucketName,
      },
      may: [
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
          resources: [BY_LOCATION_INDEX, OPEN_INDEX].map((index) => indexArn(tables.ledger, index)),
        }),
        // Not for one prefix only: whoever may not list the bucket is told "access denied" of a segment that is gone.
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [spool.bucketArn] }),
        new PolicyStatement({ actions: ['s3:GetObject', 's3:DeleteObject'], resources: [spool.pendingArn] }),
        new PolicyStatement({ actions: ['s3:PutObject'], resources: [spool.digestedArn] }),
        maySend(this, digest),
      ],
    });

    new ScheduledRuns(this, 'Digests', {
      run: this.send,
      retries: 2,
      alarms,
      alarm: {
        name: 'the digest was not sent',
        loses: 'Nobody is told of unknown mail, nor of what waits for a person; both wait in the spool and the ledger.',
        runbook: 'The digest was not sent',
      },
    }).add('Schedule', { description: 'Sends the digest', schedule: scheduleOf(digest.schedule) });
  }
}

function scheduleOf(schedule: DigestSettings['schedule']): ScheduleExpression {
  const timeZone = TimeZone.of(schedule.timeZone);
  if (schedule.kind === 'hourly') return ScheduleExpression.cron({ minute: '0', timeZone });
  const [hour, minute] = schedule.at.split(':').map((digits) => String(Number(digits)));
  return ScheduleExpression.cron({ hour: hour ?? '', minute: minute ?? '', timeZone });
}

/**
 * Lets a function send from the digest's address only. SES authorizes a mail on the identity it is from, which is the
 * address or its domain, whichever was verified, and in the sandbox on the recipients' identities as well.
 */
function maySend(scope: Construct, { from, to }: DigestSettings): PolicyStatement {
  const identities = new Set(
    [from, ...to].flatMap((address) => [address, address.slice(address.lastIndexOf('@') + 1)]),
  );
  return new PolicyStatement({
    // SES checks SendRawEmail for the same call of its API v2 where the mail is MIME, as one with attachments is.
    actions: ['ses:SendEmail', 'ses:SendRawEmail'],
    resources: [...identities].map((identity) =>
      Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName: identity }),
    ),
    conditions: { StringEquals: { 'ses:FromAddress': from } },
  });
}
