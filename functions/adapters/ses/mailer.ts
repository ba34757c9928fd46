import { type SESv2Client, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { type Mailer, MailRefused } from '../../core/digest/mailer.ts';
import type { RightsOf } from '../rights.ts';

const UTF8 = 'UTF-8';

/** What a person can do about a refusal, by SES's name for it (Amazon SES API v2 Reference, SendEmail). */
const REMEDIES: Readonly<Record<string, string>> = {
  MessageRejected:
    'Verify the sender in SES, in this region; as long as the account is in the SES sandbox, verify every recipient too.',
  MailFromDomainNotVerifiedException: 'Verify the MAIL FROM domain of the sender in SES.',
  AccountSuspendedException: 'SES has suspended the account; the SES console says why.',
  SendingPausedException: 'Sending is paused for the account; resume it in the SES console.',
  LimitExceededException: 'The sending quota of the account is used up; ask for a higher one in the SES console.',
  NotFoundException: 'The sender is not an identity of SES in this region; verify it there.',
};

/**
 * The IAM actions of each method. The policies derive from it. For a call of SendEmail, SES checks `ses:SendRawEmail`
 * if the email is MIME, as one with attachments is.
 */
export const MAILER_RIGHTS = {
  send: { digestSender: ['ses:SendEmail', 'ses:SendRawEmail'] },
} as const satisfies RightsOf<Mailer>;

/**
 * Sends through SES v2.
 *
 * @throws MailRefused what SES refused, with what to do; anything else, such as a network error, as the SDK throws it
 */
export function sesMailer({ client, from, to }: { client: SESv2Client; from: string; to: readonly string[] }): Mailer {
  return {
    async send({ subject, text, html, attachments }) {
      const command = new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [...to] },
        Content: {
          Simple: {
            Subject: { Data: subject, Charset: UTF8 },
            Body: { Text: { Data: text, Charset: UTF8 }, Html: { Data: html, Charset: UTF8 } },
            Attachments: attachments.map(({ fileName, contentType, content }) => ({
              FileName: fileName,
              ContentType: contentType,
              ContentDisposition: 'ATTACHMENT',
              ContentTransferEncoding: 'BASE64',
              RawContent: Buffer.from(content, 'utf8'),
            })),
          },
        },
      });
      const { MessageId } = await sendOrExplain(client, command, `from ${from} to ${to.join(', ')}`);
      if (!MessageId)
        throw new Error('SES answered without a message id, so it is not known whether it took the digest.');
      return { messageId: MessageId };
    },
  };
}

async function sendOrExplain(client: SESv2Client, command: SendEmailCommand, way: string) {
  try {
    return await client.send(command);
  } catch (error) {
    if (!(error instanceof SESv2ServiceException)) throw error;
    const remedy = REMEDIES[error.name] ?? 'Nothing was sent; the next digest carries it all.';
    throw new MailRefused(
      error.name,
      `SES did not accept the digest ${way}: ${error.name}: ${error.message} ${remedy}`,
      {
        cause: error,
      },
    );
  }
}
