import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import { bundledCode } from './bundle.ts';

type RollcallFunctionProps = {
  /** The folder under `functions/` whose `index.ts` exports `handler`. */
  name: 'poll-inbox' | 'post-to-discord' | 'send-digest' | 'audit-inbox' | 'check-routes';
  description: string;
  timeoutMs: number;
  memoryMb: number;
  environment: Readonly<Record<string, string>>;
  /** Every call it makes, and on what. In addition, it may only write its own log. */
  may: readonly PolicyStatement[];
};

/** The context key under which the stack provides its settings to its constructs. */
export const SETTINGS_CONTEXT = 'rollcall:settings';

/** One Lambda of Rollcall: its bundle, its own role and its own log. */
export function rollcallFunction(scope: Construct, id: string, props: RollcallFunctionProps): LambdaFunction {
  const part = new Construct(scope, id);
  const logGroup = new LogGroup(part, 'Log', {
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // A custom role, because the managed policy that CDK would attach may write to every log of the account.
  const role = new Role(part, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const mayLog = new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
  for (const statement of [mayLog, ...props.may]) role.addToPolicy(statement);

  return new LambdaFunction(part, 'Function', {
    description: props.description,
    code: bundledCode(props.name, part.node.getContext(SETTINGS_CONTEXT) as Settings),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.millis(props.timeoutMs),
    memorySize: props.memoryMb,
    environment: {
      ...props.environment,
      // Stack traces show lines of functions/, by the map next to the bundle.
      NODE_OPTIONS: '--enable-source-maps',
      // The dimension that distinguishes the metrics of one stack from those of another.
      POWERTOOLS_SERVICE_NAME: Stack.of(scope).stackName,
    },
    role,
    logGroup,
    // Makes Lambda's own log lines JSON as well.
    loggingFormat: LoggingFormat.JSON,
  });
}
