import { type CfnElement, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DIGESTED_PREFIX, PENDING_PREFIX } from '../../functions/core/records/spool.ts';
import type { Resourced } from './policy.ts';

/** The durable file of all email that no rule matched. Only what a digest has carried ever expires. */
export class SpoolBucket extends Construct {
  readonly bucketName: string;
  /** The bucket and its segments, as a policy names them. */
  readonly resources: Resourced<'spool' | 'pendingSegments' | 'digestedSegments'>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ id: 'digested segments', prefix: DIGESTED_PREFIX, expiration: Duration.days(400) }],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only two functions of this stack may use it, and the ledger has the state of every email in it.',
    });
    for (const prefix of [PENDING_PREFIX, DIGESTED_PREFIX]) acknowledgeKeysUnder(prefix, bucket);
    this.bucketName = bucket.bucketName;
    this.resources = {
      spool: { arns: [bucket.bucketArn] },
      pendingSegments: { arns: [bucket.arnForObjects(`${PENDING_PREFIX}*`)] },
      digestedSegments: { arns: [bucket.arnForObjects(`${DIGESTED_PREFIX}*`)] },
    };
  }
}

/** Acknowledges that a policy names all keys under a prefix of this bucket, and nothing else with a wildcard. */
function acknowledgeKeysUnder(prefix: string, bucket: Bucket): void {
  const stack = Stack.of(bucket);
  const logicalId = stack.resolve((bucket.node.defaultChild as CfnElement).logicalId);
  Validations.of(stack).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}*]`,
    reason:
      "A segment's key ends in uids and a hash, which are not known beforehand; its prefix says what may be done to it.",
  });
}
