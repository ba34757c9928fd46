import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { sendingIdentitiesOf } from '../../functions/core/settings/sending-identities.ts';
import type { DigestSettings } from '../../functions/core/settings/settings-schema.ts';
import type { Resourced } from './policy.ts';

/**
 * The identities of the digest's addresses, as a policy names them. SES authorizes an email on the identity of its
 * sender, which is the address or its domain, whichever was verified, and in the sandbox on the recipients' identities
 * as well.
 */
export function digestIdentities(
  scope: Construct,
  { from, to }: DigestSettings,
): Resourced<'digestIdentities' | 'digestSender'> {
  const identities = new Set([from, ...to].flatMap(sendingIdentitiesOf));
  const arns = [...identities].map((identity) =>
    Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName: identity }),
  );
  return {
    digestIdentities: { arns },
    digestSender: { arns, conditions: { StringEquals: { 'ses:FromAddress': from } } },
  };
}
