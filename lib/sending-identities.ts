import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { sendingIdentitiesOf } from '../functions/core/operator/sending-identities.ts';
import type { DigestSettings } from '../functions/core/settings/settings-schema.ts';

/** The identities of SES by which a digest may be sent: in the sandbox it takes those of the recipients as well. */
export function sendingIdentityArns(scope: Construct, { from, to }: DigestSettings): string[] {
  const identities = new Set([from, ...to].flatMap(sendingIdentitiesOf));
  return [...identities].map((identity) =>
    Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName: identity }),
  );
}
