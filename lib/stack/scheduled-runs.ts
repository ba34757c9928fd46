import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, type ScheduleExpression, type ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { FailedRuns } from './failed-runs.ts';

/** Short, because the next run covers what this one missed. */
const MAX_EVENT_AGE = Duration.minutes(15);

const SCHEDULER_RETRIES = 2;

type ScheduledRunsProps = {
  run: IFunction;
  /** How often Lambda itself tries again, after one minute and after two more. */
  retries: 1 | 2;
  failedRuns: FailedRuns;
};

/** Runs a function on a schedule, with few and short retries. Failed runs end in the queue of failed runs. */
export class ScheduledRuns extends Construct {
  private readonly run: IFunction;
  private readonly failedRuns: FailedRuns;
  private readonly scheduler: Role;

  constructor(scope: Construct, id: string, { run, retries, failedRuns }: ScheduledRunsProps) {
    super(scope, id);
    this.run = run;
    this.failedRuns = failedRuns;

    const mayReport = new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failedRuns.queue.queueArn] });
    run.addToRolePolicy(mayReport);
    new EventInvokeConfig(this, 'Retries', {
      function: run,
      retryAttempts: retries,
      maxEventAge: MAX_EVENT_AGE,
      // Not `SqsDestination`, which grants more than the one action that is needed.
      onFailure: { bind: () => ({ destination: failedRuns.queue.queueArn }) },
    });

    this.scheduler = schedulerRole(this);
    this.scheduler.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [run.functionArn] }),
    );
    this.scheduler.addToPolicy(mayReport);
  }

  add(id: string, when: { description: string; schedule: ScheduleExpression; input?: ScheduleTargetInput }): Schedule {
    return new Schedule(this, id, {
      description: when.description,
      schedule: when.schedule,
      target: new LambdaInvoke(this.run, {
        // By default, the target would add every version of the function to what the role may invoke.
        role: this.scheduler.withoutPolicyUpdates(),
        ...(when.input && { input: when.input }),
        deadLetterQueue: this.failedRuns.queue,
        retryAttempts: SCHEDULER_RETRIES,
        maxEventAge: MAX_EVENT_AGE,
      }),
    });
  }
}

/** Assumed by the schedules of this account only: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
function schedulerRole(scope: Construct): Role {
  const stack = Stack.of(scope);
  const defaultGroup = stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' });
  return new Role(scope, 'SchedulerRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': defaultGroup } },
    }),
  });
}
