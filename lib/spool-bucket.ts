import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DIGESTED_PREFIX, PENDING_PREFIX } from '../functions/core/ledger/spool.ts';

/** The durable file of everything that no rule matched. Only what a digest has carried ever expires. */
export class SpoolBucket extends Construct {
  readonly bucketName: string;
  readonly bucketArn: string;
  /** All pending segments, as a policy names them. */
  readonly pendingArn: string;
  /** All digested segments, as a policy names them. */
  readonly digestedArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ id: 'digested segments', prefix: DIGESTED_PREFIX, expiration: Duration.days(400) }],
    });
    this.bucketName = bucket.bucketName;
    this.bucketArn = bucket.bucketArn;
    this.pendingArn = bucket.arnForObjects(`${PENDING_PREFIX}*`);
    this.digestedArn = bucket.arnForObjects(`${DIGESTED_PREFIX}*`);
  }
}
