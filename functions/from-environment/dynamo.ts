import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsClientOptions } from '../adapters/aws-client-options.ts';
import { dynamoDigestRuns } from '../adapters/dynamo-digest-runs.ts';
import { dynamoLedger } from '../adapters/dynamo-ledger.ts';
import { dynamoPathChecks } from '../adapters/dynamo-path-checks.ts';
import { dynamoPauses } from '../adapters/dynamo-pauses.ts';
import { dynamoRouteChecks } from '../adapters/dynamo-route-checks.ts';
import { dynamoWatermarks } from '../adapters/dynamo-watermarks.ts';
import type { DigestRuns, Ledger, PathChecks, Pauses, RouteChecks, Watermarks } from '../core/ports.ts';
import { type Environment, requiredValue } from './environment.ts';

export function ledgerFrom(environment: Environment): Ledger {
  return dynamoLedger({ client: dynamoClient(environment), table: requiredValue(environment, 'LEDGER_TABLE') });
}

export function watermarksFrom(environment: Environment): Watermarks {
  return dynamoWatermarks({ client: dynamoClient(environment), table: requiredValue(environment, 'WATERMARKS_TABLE') });
}

export function routeChecksFrom(environment: Environment): RouteChecks {
  return dynamoRouteChecks({
    client: dynamoClient(environment),
    table: requiredValue(environment, 'WATERMARKS_TABLE'),
  });
}

export function pathChecksFrom(environment: Environment): PathChecks {
  return dynamoPathChecks({ client: dynamoClient(environment), table: requiredValue(environment, 'WATERMARKS_TABLE') });
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
