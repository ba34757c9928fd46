import { Duration, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DIGEST_TIMEOUT_MS } from '../../functions/core/digest/limits.ts';
import { SEND_DIGEST_PORTS } from '../../functions/core/digest/send-digest.ts';
import { SENT_DIGESTS } from '../../functions/core/metrics.ts';
import type { DigestSettings } from '../../functions/core/settings/settings-schema.ts';
import { customMetric } from './custom-metric.ts';
import { digestSchedule } from './digest-hours.ts';
import type { FailedRuns } from './failed-runs.ts';
import type { OperatorAlarms } from './operator-alarms.ts';
import { policyOf } from './policy.ts';
import { rollcallFunction } from './rollcall-function.ts';
import type { RouteDelivery } from './route-delivery.ts';
import { ScheduledRuns } from './scheduled-runs.ts';
import { digestIdentities } from './sending-identities.ts';
import type { SpoolBucket } from './spool-bucket.ts';
import type { Tables } from './tables.ts';

const DIGEST_MEMORY_MB = 512;

/**
 * A digest that is late because of its retries, or by the hour at the end of daylight saving time, must not raise an
 * alarm.
 */
const HOURS_WITHOUT_DIGEST = { daily: 26, hourly: 3 };

type DailyDigestProps = {
  digest: DigestSettings;
  routes: readonly RouteDelivery[];
  tables: Tables;
  spool: SpoolBucket;
  alarms: OperatorAlarms;
  failedRuns: FailedRuns;
};

/** Sends what needs attention, the unknown email and the counts by email, at an hour in the user's own time zone. */
export class DailyDigest extends Construct {
  readonly send: IFunction;

  constructor(scope: Construct, id: string, { digest, routes, tables, spool, alarms, failedRuns }: DailyDigestProps) {
    super(scope, id);
    const deadLetterQueueUrls = routes.map(({ routeId, deadLetters }) => [routeId, deadLetters.queueUrl]);

    this.send = rollcallFunction(this, 'SendDigest', {
      name: 'send-digest',
      description: 'Sends the digest and archives the spool that it carried',
      timeoutMs: DIGEST_TIMEOUT_MS,
      memoryMb: DIGEST_MEMORY_MB,
      environment: {
        WATERMARKS_TABLE: tables.watermarks.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        SPOOL_BUCKET: spool.bucketName,
        DEAD_LETTER_QUEUE_URLS: Stack.of(this).toJsonString(Object.fromEntries(deadLetterQueueUrls)),
      },
      may: policyOf(SEND_DIGEST_PORTS, {
        ...tables.resources,
        ...spool.resources,
        ...digestIdentities(this, digest),
        deadLetterQueues: { arns: routes.map(({ deadLetters }) => deadLetters.queueArn) },
      }),
    });

    new ScheduledRuns(this, 'Digests', { run: this.send, retries: 2, failedRuns }).add('Schedule', {
      description: 'Sends the digest',
      schedule: digestSchedule(digest.schedule),
    });

    alarms.onMissing(
      customMetric(this, SENT_DIGESTS),
      'Digests',
      {
        name: 'the digest was not sent',
        loses: 'Unknown email and what needs attention are not reported; both wait in the spool and the ledger.',
        runbook: 'The digest was not sent',
      },
      { period: Duration.hours(1), periods: HOURS_WITHOUT_DIGEST[digest.schedule.kind] },
    );
  }
}
