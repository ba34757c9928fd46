/** The variables that the stack, or the local run, gives to the functions. */
export type EnvironmentName =
  | 'WATERMARKS_TABLE'
  | 'LEDGER_TABLE'
  | 'SPOOL_BUCKET'
  /** JSON: route → URL of its queue. */
  | 'ROUTE_QUEUE_URLS'
  /** JSON: route → URL of its dead-letter queue. */
  | 'DEAD_LETTER_QUEUE_URLS'
  /** The topic of the alarms. */
  | 'ALARM_TOPIC_ARN'
  | 'ROUTE'
  | 'QUEUE_URL'
  | 'DEAD_LETTER_QUEUE_URL';

/** `process.env` in Lambda; also holds what the AWS SDK reads, such as AWS_REGION and AWS_ENDPOINT_URL_SQS. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Error that names the variable */
export function requiredValue(environment: Environment, name: EnvironmentName): string {
  const value = environment[name];
  if (value) return value;
  throw new Error(`The environment variable ${name} is missing. The stack sets it: deploy again.`);
}
