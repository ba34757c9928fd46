import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STACK_NAME } from '../../lib/stack/deployment-name.ts';
import type { Emulator } from './emulator.ts';
import { type Names, resolved, type Template } from './template.ts';

export type DeployedResource = { logicalId: string; physicalId: string; properties: Record<string, unknown> };

/** The stack as it was deployed: what its template says, and what it is called. */
export type Deployment = {
  template: Template;
  names: Names;
  dynamodb: DynamoDBClient;
  lambda: LambdaClient;
  s3: S3Client;
  scheduler: SchedulerClient;
  sqs: SQSClient;
  /** All of a type, with the names of others in their properties. */
  all(type: string): DeployedResource[];
  /** The one whose logical id begins so. */
  one(type: string, beginning: string): DeployedResource;
  /**
   * Runs a function as its schedule would: with the target and the input that the deployed schedule has.
   *
   * @param beginning of the schedule's logical id
   * @returns what the function returned
   * @throws what it threw
   */
  runAsScheduled(beginning: string): Promise<unknown>;
};

/** Looks the deployed stack up. */
export async function lookUpDeployment(template: Template, { client, region, account }: Emulator): Promise<Deployment> {
  const cloudFormation = new CloudFormationClient(client);
  const { StackResources = [] } = await cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName: STACK_NAME }),
  );
  const physicalIds = new Map(StackResources.map((each) => [each.LogicalResourceId, each.PhysicalResourceId]));
  const names: Names = {
    region,
    account,
    stackName: STACK_NAME,
    physicalIdOf(logicalId) {
      const physicalId = physicalIds.get(logicalId);
      if (!physicalId) throw new Error(`The stack was deployed without ${logicalId}.`);
      return physicalId;
    },
    typeOf: (logicalId) => template.Resources[logicalId]?.Type ?? '',
  };
  const lambda = new LambdaClient({ ...client, requestHandler: { requestTimeout: 11 * 60_000 }, maxAttempts: 1 });
  const scheduler = new SchedulerClient(client);

  const all = (type: string): DeployedResource[] =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === type)
      .map(([logicalId, { Properties }]) => ({
        logicalId,
        physicalId: names.physicalIdOf(logicalId),
        properties: resolved(Properties, names) as Record<string, unknown>,
      }));

  const one = (type: string, beginning: string): DeployedResource => {
    const found = all(type).filter(({ logicalId }) => logicalId.startsWith(beginning));
    if (found.length !== 1 || !found[0]) throw new Error(`The stack has ${found.length} of ${type} ${beginning}.`);
    return found[0];
  };

  return {
    template,
    names,
    dynamodb: new DynamoDBClient(client),
    lambda,
    s3: new S3Client({ ...client, forcePathStyle: true }),
    scheduler,
    sqs: new SQSClient(client),
    all,
    one,
    async runAsScheduled(beginning) {
      const { physicalId } = one('AWS::Scheduler::Schedule', beginning);
      const { Target } = await scheduler.send(new GetScheduleCommand({ Name: physicalId }));
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName: Target?.Arn, Payload: Buffer.from(Target?.Input ?? '{}') }),
      );
      const answer = Payload?.length ? Buffer.from(Payload).toString('utf8') : 'null';
      if (FunctionError) throw new Error(`${beginning} failed: ${answer}`);
      return JSON.parse(answer);
    },
  };
}
