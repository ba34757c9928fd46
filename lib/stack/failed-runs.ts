import { Duration, Validations } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { OperatorAlarms } from './operator-alarms.ts';
import { privateQueue } from './private-queue.ts';

/**
 * An alarm notifies once, when it begins. If the queue kept yesterday's failed run, the alarm would not notify of
 * today's; the error itself stays in the function's log.
 */
const RETENTION = Duration.hours(4);

/**
 * Receives the scheduled runs that did not succeed: the scheduler could not start them, Lambda had no capacity, or they
 * threw or timed out until their retries were used up. One queue for all functions, since each of its messages names
 * its function.
 */
export class FailedRuns extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { alarms }: { alarms: OperatorAlarms }) {
    super(scope, id);
    this.queue = privateQueue(this, 'Queue', { retentionPeriod: RETENTION });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself where failed runs end; nothing receives from it that could fail.',
    });
    alarms.onAnyMessageIn(this.queue, 'FailedRuns', {
      name: 'a scheduled run failed',
      loses:
        'A poll, an audit, a digest or a route check failed, and its work is not done: email is not ' +
        'read, or its fate is not reported. Nothing is lost; the next run catches up once the cause is fixed.',
      runbook: 'A scheduled run failed',
    });
  }
}
