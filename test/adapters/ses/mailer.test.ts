import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { sesMailer } from '../../../functions/adapters/ses/mailer.ts';
import { CARRIED_BYTES } from '../../../functions/core/digest/limits.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { mailerContract, SAMPLE_DIGEST } from '../../contracts/mailer-contract.ts';

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
const FILE = { fileName: 'unknown-mail.jsonl', contentType: 'application/jsonl' };
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
      `SES did not accept the digest from ${from} to ada@example.com, grace@example.com: MessageRejected: ${message} ` +
        'Verify the sender in SES',
    );
    aws.refuseMail(undefined);
    const { messageId } = await theMailer().send(SAMPLE_DIGEST);
    expect((await aws.sentMails()).at(-1)).toMatchObject({ messageId, from, to });
  });

  it('carries a digest as full as it gets, byte for byte', async () => {
    const line = `${JSON.stringify({ subject: 'Größe 🧵 語'.repeat(20) })}\n`;
    const content = line.repeat(Math.floor(CARRIED_BYTES / Buffer.byteLength(line)));
    await theMailer().send({ ...SAMPLE_DIGEST, attachments: [{ ...FILE, content }] });
    const [attachment] = (await aws.sentMails()).at(-1)?.attachments ?? [];
    expect(attachment?.content === content).toBe(true);
  });

  it('lets no text of a subject become another header', async () => {
    const subject = 'Rollcall: a/INBOX Bcc: victim@example.org =?utf-8?q?=0D=0ABcc:_victim@example.org?=';
    await theMailer().send({ ...SAMPLE_DIGEST, subject });
    expect((await aws.sentMails()).at(-1)).toMatchObject({ subject, from, to });
  });

  it('throws where SES takes a mail and its answer does not come: nobody knows that it was sent', async () => {
    let taken = 0;
    const silent = createServer((request) => {
      request.resume().on('end', () => {
        taken += 1;
      });
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const options = awsClientOptions({ ...aws.environment, AWS_ENDPOINT_URL_SESV2: endpoint }, 'SESV2');
    const impatient = new SESv2Client({
      ...options,
      maxAttempts: 1,
      requestHandler: { ...options.requestHandler, requestTimeout: 500 },
    });
    await expect(sesMailer({ client: impatient, from, to }).send(SAMPLE_DIGEST)).rejects.toThrow(/requestTimeout/);
    expect(taken).toBe(1);
    impatient.destroy();
    silent.closeAllConnections();
    silent.close();
  });
});
