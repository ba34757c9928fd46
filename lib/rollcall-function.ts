import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

type RollcallFunctionProps = {
  /** The folder under `functions/` whose `index.ts` exports `handler`. */
  name: 'poll-inbox' | 'post-to-discord' | 'send-digest' | 'check-routes';
  description: string;
  timeoutMs: number;
  memoryMb: number;
  environment: Readonly<Record<string, string>>;
  /** Every call it makes, and on what. It may do nothing else but write its own log. */
  may: readonly PolicyStatement[];
};

/** One Lambda of Rollcall: its bundle, its own role and its own log. */
export function rollcallFunction(scope: Construct, id: string, props: RollcallFunctionProps): NodejsFunction {
  const part = new Construct(scope, id);
  const logGroup = new LogGroup(part, 'Log', {
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // An own role, because the managed policy that CDK would attach may write to every log of the account.
  const role = new Role(part, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const mayLog = new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
  for (const statement of [mayLog, ...props.may]) role.addToPolicy(statement);

  return new NodejsFunction(part, 'Function', {
    description: props.description,
    entry: `${PROJECT}functions/${props.name}/index.ts`,
    projectRoot: PROJECT,
    depsLockFilePath: `${PROJECT}package-lock.json`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.millis(props.timeoutMs),
    memorySize: props.memoryMb,
    environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
    role,
    logGroup,
    bundling: {
      format: OutputFormat.ESM,
      mainFields: ['module', 'main'],
      minify: true,
      sourceMap: true,
      sourceMapMode: SourceMapMode.EXTERNAL,
      sourcesContent: false,
      logLevel: LogLevel.WARNING,
      // The SDK that was tested is the SDK that runs, not whichever the runtime brings.
      externalModules: [],
      // imapflow and what it needs are CommonJS: in an ES module `require` is not there until someone makes it.
      banner:
        "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
}
