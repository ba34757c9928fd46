/** A CloudFormation template, as far as it is read here. */
export type Template = { Resources: Record<string, TemplateResource> };

type TemplateResource = {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
};

/** What a template's intrinsic functions stand for in one deployment. */
export type Names = {
  region: string;
  account: string;
  stackName: string;
  physicalIdOf(logicalId: string): string;
  typeOf(logicalId: string): string;
};

type Intrinsic = { Ref?: string; 'Fn::GetAtt'?: [string, string]; 'Fn::Join'?: [string, unknown[]] };

/** A property of the template with names in the place of what refers to them. */
export function resolved(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Intrinsic;
  if (Ref !== undefined) return referenced(Ref, names);
  if (attribute) return attributeOf(attribute, names);
  if (join) return (resolved(join[1], names) as string[]).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, names)]));
}

function referenced(name: string, { region, account, stackName, physicalIdOf }: Names): string {
  switch (name) {
    case 'AWS::Region':
      return region;
    case 'AWS::AccountId':
      return account;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::StackName':
      return stackName;
    default:
      return physicalIdOf(name);
  }
}

function attributeOf([logicalId, attribute]: [string, string], names: Names): string {
  const physicalId = names.physicalIdOf(logicalId);
  const type = names.typeOf(logicalId);
  // A queue is known by its address, which ends in its name.
  const name = physicalId.slice(physicalId.lastIndexOf('/') + 1);
  if (attribute === 'QueueName') return name;
  if (attribute !== 'Arn') throw new Error(`Nobody has said here what ${attribute} of ${logicalId} is.`);
  const { region, account } = names;
  switch (type) {
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${region}:${account}:${name}`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${region}:${account}:function:${name}`;
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${region}:${account}:table/${name}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${account}:role/${name}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${region}:${account}:log-group:${physicalId}:*`;
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${name}`;
    default:
      throw new Error(`Nobody has said here how the ARN of ${type} is made.`);
  }
}
