import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsClientOptions } from '../adapters/aws-client-options.ts';
import { dynamoDigestRuns } from '../adapters/dynamo/digest-runs.ts';
import { dynamoLedger } from '../adapters/dynamo/ledger.ts';
import { dynamoPauses } from '../adapters/dynamo/pauses.ts';
import { dynamoTargetChecks } from '../adapters/dynamo/target-checks.ts';
import { dynamoWatermarks } from '../adapters/dynamo/watermarks.ts';
import type { DigestRuns } from '../core/digest/run.ts';
import type { Ledger } from '../core/records/ledger.ts';
import type { Pauses } from '../core/records/pause.ts';
import type { TargetChecks } from '../core/records/target-check.ts';
import type { Watermarks } from '../core/records/watermark.ts';
import { type Environment, requiredValue } from './environment.ts';

export function ledgerFrom(environment: Environment): Ledger {
  return dynamoLedger({ client: dynamoClient(environment), table: requiredValue(environment, 'LEDGER_TABLE') });
}

export function watermarksFrom(environment: Environment): Watermarks {
  return dynamoWatermarks({ client: dynamoClient(environment), table: requiredValue(environment, 'WATERMARKS_TABLE') });
}

export function targetChecksFrom(environment: Environment): TargetChecks {
  return dynamoTargetChecks({
    client: dynamoClient(environment),
    table: requiredValue(environment, 'WATERMARKS_TABLE'),
  });
}

export function pausesFrom(environment: Environment): Pauses {
  return dynamoPauses({ client: dynamoClient(environment), table: requiredValue(environment, 'WATERMARKS_TABLE') });
}

export function digestRunsFrom(environment: Environment): DigestRuns {
  return dynamoDigestRuns({ client: dynamoClient(environment), table: requiredValue(environment, 'WATERMARKS_TABLE') });
}

function dynamoClient(environment: Environment): DynamoDBClient {
  return new DynamoDBClient(awsClientOptions(environment, 'DYNAMODB'));
}
