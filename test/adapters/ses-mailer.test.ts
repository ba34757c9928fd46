import { SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { sesMailer } from '../../functions/adapters/ses-mailer.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../lib/local/embedded-aws.ts';
import { mailerContract, SAMPLE_DIGEST } from '../contracts/mailer-contract.ts';

let aws: EmbeddedAws;
let client: SESv2Client;

beforeAll(async () => {
  aws = await startEmbeddedAws({ routes: [] });
  client = new SESv2Client(awsClientOptions(aws.environment, 'SESV2'));
});

afterAll(async () => {
  client.destroy();
  await aws.stop();
});

const from = 'Rollcall <rollcall@example.com>';
const to = ['ada@example.com', 'grace@example.com'];
const theMailer = () => sesMailer({ client, from, to });

describe('the mailer through SES', () => {
  mailerContract(() => ({
    mailer: theMailer(),
    sent: async () =>
      (await aws.sentMails()).map(({ subject, text = '', html = '', attachments }) => ({
        subject,
        text,
        html,
        attachments: attachments.map(({ fileName = '', ...attachment }) => ({ fileName, ...attachment })),
      })),
    refuse: () => aws.refuseMail({ code: 'MessageRejected', message: 'refused by the test' }),
  }));

  it('says what to do about an identity that is not verified, and sends once it is', async () => {
    const message = 'Email address is not verified.';
    aws.refuseMail({ code: 'MessageRejected', message });
    const refused = theMailer().send(SAMPLE_DIGEST);
    await expect(refused).rejects.toMatchObject({ name: 'MailRefused', code: 'MessageRejected' });
    await expect(refused).rejects.toThrow(
      `SES did not take the digest from ${from} to ada@example.com, grace@example.com: MessageRejected: ${message} ` +
        'Verify the sender in SES',
    );
    aws.refuseMail(undefined);
    const { messageId } = await theMailer().send(SAMPLE_DIGEST);
    expect((await aws.sentMails()).at(-1)).toMatchObject({ messageId, from, to });
  });
});
