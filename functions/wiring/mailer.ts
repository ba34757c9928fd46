import { SESv2Client } from '@aws-sdk/client-sesv2';
import { awsClientOptions } from '../adapters/aws-client-options.ts';
import { sesMailer } from '../adapters/ses/mailer.ts';
import type { Mailer } from '../core/digest/mailer.ts';
import type { DigestSettings } from '../core/settings/settings-schema.ts';
import type { Environment } from './environment.ts';

/** SES needs time for a message of several megabytes, and one that it accepts after a time-out is sent twice. */
const SEND_TIMEOUT_MS = 60_000;

export function mailerFrom(environment: Environment, { from, to }: DigestSettings): Mailer {
  const options = awsClientOptions(environment, 'SESV2');
  const requestHandler = { ...options.requestHandler, requestTimeout: SEND_TIMEOUT_MS };
  return sesMailer({ client: new SESv2Client({ ...options, requestHandler }), from, to });
}
