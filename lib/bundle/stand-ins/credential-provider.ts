/**
 * In the place of the AWS SDK's chain of credential providers, which asks files, the shell, web identities, single
 * sign-on and the metadata of machines. Lambda gives a function its credentials by environment variables, and
 * functions/adapters/aws-client-options.ts hands them to every client; the chain is asked where they are missing.
 */
export function defaultProvider(): () => Promise<never> {
  return async () => {
    throw new Error(
      'AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set. Lambda sets both; the bundle of a function looks nowhere else for credentials.',
    );
  };
}
