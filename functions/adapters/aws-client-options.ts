/** An AWS service as the SDK names it in environment variables: its service id in capitals. */
export type AwsService = 'DYNAMODB' | 'SQS' | 'S3' | 'SESV2' | 'SNS' | 'SSM';

/** Longer than any useful answer takes; three attempts end within the reserve that a poll keeps. */
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTION_TIMEOUT_MS = 3_000;
const MAX_ATTEMPTS = 3;

/**
 * The options of every AWS client. Region, endpoint and credentials come from the SDK's own variables (AWS SDKs and
 * Tools Reference Guide: AWS_REGION, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE>, AWS_ACCESS_KEY_ID and so on), but
 * from the given record, so that several deployments can share one process. If the record has no credentials, the SDK
 * uses its default chain.
 *
 * By default the SDK waits forever. `requestTimeout` alone only warns; it ends a request only together with
 * `throwOnRequestTimeout` (NodeHttpHandlerOptions of @smithy/types). Clients take these options as a plain object.
 *
 * @throws if AWS_REGION is missing
 */
export function awsClientOptions(environment: Readonly<Record<string, string | undefined>>, service: AwsService) {
  const region = environment.AWS_REGION;
  if (!region) throw new Error('AWS_REGION is not set. Lambda sets it; elsewhere, set it to the region of the stack.');
  const endpoint = environment[`AWS_ENDPOINT_URL_${service}`] ?? environment.AWS_ENDPOINT_URL;
  return {
    region,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(endpoint && { endpoint }),
    // An embedded server has no host name per bucket, so the bucket goes into the path.
    ...(endpoint && service === 'S3' && { forcePathStyle: true }),
    ...credentialsIn(environment),
  };
}

function credentialsIn({
  AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY,
  AWS_SESSION_TOKEN,
}: Readonly<Record<string, string | undefined>>) {
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return {};
  return {
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    },
  };
}
