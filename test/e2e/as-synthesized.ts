import assert from 'node:assert/strict';
import {
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { DeployedResource, Deployment } from './deployment.ts';

type Named = Record<string, Record<string, unknown>>;

/** Reads back what was deployed, and compares it with what the template says. Returns what the emulator leaves out. */
export async function isAsSynthesized(deployment: Deployment): Promise<string[]> {
  for (const each of deployment.all('AWS::Lambda::Function')) await checkFunction(each, deployment);
  for (const each of deployment.all('AWS::Lambda::EventInvokeConfig')) await checkRetries(each, deployment);
  for (const each of deployment.all('AWS::Lambda::EventSourceMapping')) await checkMapping(each, deployment);
  for (const each of deployment.all('AWS::SQS::Queue')) await checkQueue(each, deployment);
  const gaps = await Promise.all(
    deployment.all('AWS::Scheduler::Schedule').map((each) => checkSchedule(each, deployment)),
  );
  return gaps.flat();
}

async function checkFunction({ physicalId, properties }: DeployedResource, { lambda }: Deployment): Promise<void> {
  const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: physicalId }));
  const { Runtime, Handler, Architectures, Timeout, MemorySize, Role, Environment, LoggingConfig } = found;
  agree(physicalId, properties, {
    Runtime,
    Handler,
    Architectures,
    Timeout,
    MemorySize,
    Role,
    Environment: { Variables: Environment?.Variables },
    LoggingConfig: { LogFormat: LoggingConfig?.LogFormat, LogGroup: LoggingConfig?.LogGroup },
  });
}

async function checkRetries({ logicalId, properties }: DeployedResource, { lambda }: Deployment): Promise<void> {
  const FunctionName = String(properties.FunctionName);
  const found = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: '$LATEST' }));
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = found;
  agree(logicalId, properties, {
    MaximumRetryAttempts,
    MaximumEventAgeInSeconds,
    DestinationConfig: { OnFailure: { Destination: DestinationConfig?.OnFailure?.Destination } },
  });
}

async function checkMapping({ logicalId, properties }: DeployedResource, { lambda }: Deployment): Promise<void> {
  const EventSourceArn = String(properties.EventSourceArn);
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn }));
  assert.equal(EventSourceMappings.length, 1, `${logicalId}: its queue has ${EventSourceMappings.length} consumers`);
  const [found] = EventSourceMappings;
  // Where a template names no response types, there are none.
  agree(
    logicalId,
    { FunctionResponseTypes: [], ...properties },
    {
      BatchSize: found?.BatchSize,
      FunctionResponseTypes: found?.FunctionResponseTypes,
      ScalingConfig: found?.ScalingConfig,
    },
  );
  assert.equal(found?.FunctionArn?.split(':').at(-1), properties.FunctionName, logicalId);
  assert.equal(found?.State, 'Enabled', logicalId);
}

async function checkQueue({ physicalId, properties }: DeployedResource, { sqs }: Deployment): Promise<void> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: physicalId, AttributeNames: ['All'] }),
  );
  const { VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy, SqsManagedSseEnabled } = Attributes;
  agree(physicalId, properties, {
    ...('VisibilityTimeout' in properties && { VisibilityTimeout: Number(VisibilityTimeout) }),
    MessageRetentionPeriod: Number(MessageRetentionPeriod),
    SqsManagedSseEnabled: SqsManagedSseEnabled === 'true',
    ...('RedrivePolicy' in properties && { RedrivePolicy: JSON.parse(RedrivePolicy ?? 'null') }),
  });
}

async function checkSchedule(
  { physicalId, properties }: DeployedResource,
  { scheduler }: Deployment,
): Promise<string[]> {
  const found = await scheduler.send(new GetScheduleCommand({ Name: physicalId }));
  const { ScheduleExpression, ScheduleExpressionTimezone, State, FlexibleTimeWindow, Target } = found;
  const wanted = properties as Named;
  agree(physicalId, properties, { ScheduleExpression, State, FlexibleTimeWindow });
  const { Arn, RoleArn, Input, RetryPolicy, DeadLetterConfig } = Target ?? {};
  agree(physicalId, wanted.Target ?? {}, { Arn, RoleArn, RetryPolicy, DeadLetterConfig, ...(Input && { Input }) });
  assert.equal(Input === undefined, wanted.Target?.Input === undefined, physicalId);
  if (ScheduleExpressionTimezone === properties.ScheduleExpressionTimezone) return [];
  assert.equal(ScheduleExpressionTimezone, 'UTC', physicalId);
  return [`the time zone ${properties.ScheduleExpressionTimezone} of ${physicalId}`];
}

/** The template says the same of each of these. */
function agree(what: string, template: Record<string, unknown>, found: Record<string, unknown>): void {
  const wanted = Object.fromEntries(Object.keys(found).map((key) => [key, template[key]]));
  assert.deepEqual(found, wanted, what);
}
