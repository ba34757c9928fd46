import { sendingIdentitiesOf } from '../../../../functions/core/settings/sending-identities.ts';
import type { RecordedCall } from './recorded-calls.ts';

/** What IAM is asked when a call arrives. */
export type IamRequest = { action: string; resource: string; context: Readonly<Record<string, readonly string[]>> };

/** Region and account in every ARN here; that they are the stack's own is another test's business. */
const HERE = 'eu-central-1:000000000000';

export const arn = {
  table: (name: string) => `arn:aws:dynamodb:${HERE}:table/${name}`,
  queue: (name: string) => `arn:aws:sqs:${HERE}:${name}`,
  bucket: (name: string) => `arn:aws:s3:::${name}`,
  topic: (name: string) => `arn:aws:sns:${HERE}:${name}`,
  parameter: (name: string) => `arn:aws:ssm:${HERE}:parameter${name}`,
  identity: (name: string) => `arn:aws:ses:${HERE}:identity/${name}`,
};

type Input = Record<string, unknown>;
const textOf = (input: Input, name: string) => String(input[name]);

const ask = (action: string, resource: string, context: IamRequest['context'] = {}): IamRequest[] => [
  { action, resource, context },
];

/** `from` and `to` of a digest are the identities that SES looks at, whichever of each address is verified. */
function sendEmail(input: Input): IamRequest[] {
  const { FromEmailAddress, Destination, Content } = input as {
    FromEmailAddress: string;
    Destination: { ToAddresses: string[] };
    Content: { Simple: { Attachments?: unknown[] } };
  };
  // A mail with attachments is MIME, for which SES checks the other action.
  const action = Content.Simple.Attachments?.length ? 'ses:SendRawEmail' : 'ses:SendEmail';
  const identities = new Set([FromEmailAddress, ...Destination.ToAddresses].flatMap(sendingIdentitiesOf));
  return [...identities].flatMap((identity) =>
    ask(action, arn.identity(identity), { 'ses:FromAddress': [FromEmailAddress] }),
  );
}

function copyObject(input: Input): IamRequest[] {
  const source = decodeURIComponent(textOf(input, 'CopySource'));
  return [
    ...ask('s3:GetObject', arn.bucket(source)),
    ...ask('s3:PutObject', arn.bucket(`${input.Bucket}/${input.Key}`)),
  ];
}

function table(action: string) {
  return (input: Input): IamRequest[] => {
    const index = input.IndexName ? `/index/${input.IndexName}` : '';
    const item = (input.Key ?? input.Item ?? {}) as Record<string, { S?: string }>;
    const leadingKeys = [item.mailbox?.S ?? item.mailId?.S].filter((key) => key !== undefined);
    return ask(`dynamodb:${action}`, `${arn.table(textOf(input, 'TableName'))}${index}`, {
      'dynamodb:LeadingKeys': leadingKeys,
    });
  };
}

const tables = (action: string) => (input: Input) =>
  Object.keys(input.RequestItems as object).flatMap((name) => ask(`dynamodb:${action}`, arn.table(name)));
const queue = (action: string) => (input: Input) =>
  ask(`sqs:${action}`, arn.queue(textOf(input, 'QueueUrl').split('/').at(-1) ?? ''));
const object = (action: string) => (input: Input) => ask(`s3:${action}`, arn.bucket(`${input.Bucket}/${input.Key}`));

/** By the Service Authorization Reference: batches and API versions have no actions of their own. */
const REQUESTS: Readonly<Record<string, (input: Input) => IamRequest[]>> = {
  GetItemCommand: table('GetItem'),
  PutItemCommand: table('PutItem'),
  UpdateItemCommand: table('UpdateItem'),
  DeleteItemCommand: table('DeleteItem'),
  QueryCommand: table('Query'),
  ScanCommand: table('Scan'),
  BatchGetItemCommand: tables('BatchGetItem'),
  SendMessageCommand: queue('SendMessage'),
  SendMessageBatchCommand: queue('SendMessage'),
  ReceiveMessageCommand: queue('ReceiveMessage'),
  DeleteMessageBatchCommand: queue('DeleteMessage'),
  ChangeMessageVisibilityCommand: queue('ChangeMessageVisibility'),
  ChangeMessageVisibilityBatchCommand: queue('ChangeMessageVisibility'),
  GetQueueAttributesCommand: queue('GetQueueAttributes'),
  GetObjectCommand: object('GetObject'),
  PutObjectCommand: object('PutObject'),
  DeleteObjectCommand: object('DeleteObject'),
  CopyObjectCommand: copyObject,
  ListObjectsV2Command: (input) => ask('s3:ListBucket', arn.bucket(textOf(input, 'Bucket'))),
  GetParameterCommand: (input) => ask('ssm:GetParameter', arn.parameter(textOf(input, 'Name'))),
  SendEmailCommand: sendEmail,
  GetAccountCommand: () => ask('ses:GetAccount', '*'),
  GetEmailIdentityCommand: (input) => ask('ses:GetEmailIdentity', arn.identity(textOf(input, 'EmailIdentity'))),
  ListSubscriptionsByTopicCommand: (input) => ask('sns:ListSubscriptionsByTopic', textOf(input, 'TopicArn')),
};

/** @throws Error for a call that is in no table here */
export function requestsOf({ command, input, failure }: RecordedCall): IamRequest[] {
  const requests = REQUESTS[command];
  if (!requests) throw new Error(`Say which IAM action ${command} needs.`);
  // To a caller that may not list the bucket, S3 answers "access denied" for a missing object.
  const listing = failure === 'NoSuchKey' ? ask('s3:ListBucket', arn.bucket(textOf(input, 'Bucket'))) : [];
  return [...requests(input), ...listing];
}
