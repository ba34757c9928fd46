import { SESv2Client } from '@aws-sdk/client-sesv2';
import { awsClientOptions } from '../adapters/aws-client-options.ts';
import { sesMailer } from '../adapters/ses-mailer.ts';
import type { Mailer } from '../core/ports.ts';
import type { DigestSettings } from '../core/settings/settings-schema.ts';
import type { Environment } from './environment.ts';

export function mailerFrom(environment: Environment, { from, to }: DigestSettings): Mailer {
  return sesMailer({ client: new SESv2Client(awsClientOptions(environment, 'SESV2')), from, to });
}
