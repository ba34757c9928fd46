import { S3Client } from '@aws-sdk/client-s3';
import { awsClientOptions } from '../adapters/aws-client-options.ts';
import { s3Spool } from '../adapters/s3-spool.ts';
import type { Spool } from '../core/records/spool.ts';
import { type Environment, requiredValue } from './environment.ts';

export function spoolFrom(environment: Environment): Spool {
  return s3Spool({
    client: new S3Client(awsClientOptions(environment, 'S3')),
    bucket: requiredValue(environment, 'SPOOL_BUCKET'),
  });
}
