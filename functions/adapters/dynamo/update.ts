import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

export type ItemUpdate = {
  key: Record<string, AttributeValue>;
  /** `#name` stands for the attribute `name`: many plain words are reserved in DynamoDB's expressions. */
  update: string;
  condition?: string;
  /** By placeholder, `:name`. Undefined values are omitted, so their placeholders must not be used either. */
  values: Record<string, unknown>;
};

/** Changes one item in one write; `false` if the condition does not hold, and nothing is changed. */
export async function updateItem(
  { client, table }: { client: DynamoDBClient; table: string },
  { key, update, condition, values }: ItemUpdate,
): Promise<boolean> {
  const names = namesIn(`${update} ${condition ?? ''}`);
  return await unlessConditionFails(
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: key,
        UpdateExpression: update,
        ConditionExpression: condition,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }),
      }),
    ),
  );
}

/** `true` if a conditional write was done, `false` if its condition does not hold; any other error is thrown. */
export async function unlessConditionFails(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** DynamoDB refuses names that an expression does not use, and an empty set of names. */
export function namesIn(expression: string): Record<string, string> | undefined {
  const names = [...expression.matchAll(/#(\w+)/g)].map(([placeholder, name = '']) => [placeholder, name] as const);
  return names.length > 0 ? Object.fromEntries(names) : undefined;
}
