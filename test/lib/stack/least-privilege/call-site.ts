import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { awsClientOptions } from '../../../../functions/adapters/aws-client-options.ts';
import type { Ports } from '../../../../functions/adapters/ports.ts';
import type { ReceivedMessage } from '../../../../functions/core/records/alert-queue.ts';
import type { NewLedgerEntry } from '../../../../functions/core/records/ledger-entry.ts';
import { segmentOf } from '../../../../functions/core/records/spool.ts';
import type { Watermark } from '../../../../functions/core/records/watermark.ts';
import type { RouteSettings } from '../../../../functions/core/settings/route-schema.ts';
import { chatPosterFrom, chatProbeFrom } from '../../../../functions/wiring/chat.ts';
import { ledgerFrom, watermarksFrom } from '../../../../functions/wiring/dynamo.ts';
import type { Environment } from '../../../../functions/wiring/environment.ts';
import { loginsFrom } from '../../../../functions/wiring/logins.ts';
import { mailReadersFrom } from '../../../../functions/wiring/mail-readers.ts';
import { spoolFrom } from '../../../../functions/wiring/spool.ts';
import { sampleEntry } from '../../../contracts/sample-entry.ts';
import { type RecordedWorld, ROUTES } from './recorded-world.ts';

const AT = new Date('2026-03-02T10:00:00.000Z');

/**
 * The services behind the port methods of one function. Calls that prepare them belong to no function and are not
 * recorded.
 */
export type CallSite = {
  /** The routes whose queues the function knows, and their ways into their chat services. */
  routes: readonly string[];
  chats: readonly Ports['chat'][];
  acceptedEntry(): Promise<NewLedgerEntry>;
  settledEntry(): Promise<NewLedgerEntry>;
  storedWatermark(): Promise<Watermark>;
  /** @returns its key */
  pendingSegment(): Promise<string>;
  /** Removes a segment as soon as the function has listed the spool, as an overlapping digest does. */
  removeOnceListed(key: string): void;
  putLetter(route: string, body: string): Promise<void>;
  /** An alert in the poster's queue, as it was received. */
  receivedAlert(): Promise<ReceivedMessage>;
  /** The readers of all accounts, and their logins. */
  readers: readonly Ports['reader'][];
  logins: readonly Ports['login'][];
};

/** @param route of a poster */
export function callSiteIn(world: RecordedWorld, route: string | undefined): CallSite {
  const { recorder, environment, settings, sqs, aws } = world;
  const { unrecorded } = recorder;
  const ledger = ledgerFrom(environment);
  const watermarks = watermarksFrom(environment);
  const spool = spoolFrom(environment);
  const s3 = new S3Client(awsClientOptions(environment, 'S3'));
  const routes: readonly string[] = route === undefined ? ROUTES : [route];
  const readerOf = mailReadersFrom(environment, settings);

  async function acceptedEntry(): Promise<NewLedgerEntry> {
    const entry = sampleEntry();
    await ledger.accept(entry);
    return entry;
  }

  return {
    routes,
    chats: settings.routes.filter(({ id }) => routes.includes(id)).map((one) => chatFrom(environment, one)),
    readers: settings.mailboxes.map(readerOf),
    logins: settings.mailboxes.map(loginsFrom(environment)),
    acceptedEntry: () => unrecorded(acceptedEntry),
    settledEntry: () =>
      unrecorded(async () => {
        const entry = await acceptedEntry();
        await ledger.settle(entry.mailId, { at: AT });
        return entry;
      }),
    storedWatermark: () =>
      unrecorded(async () => {
        const watermark = freshWatermark();
        await watermarks.create(watermark);
        return watermark;
      }),
    pendingSegment: () =>
      unrecorded(async () => {
        const segment = segmentOf('support/INBOX', '1', [sampleEntry({ route: 'unknown' })], AT);
        await spool.write(segment);
        return segment.key;
      }),
    removeOnceListed(key) {
      recorder.after(async ({ command }) => {
        if (command !== 'ListObjectsV2Command') return;
        recorder.after(async () => undefined);
        await s3.send(new DeleteObjectCommand({ Bucket: environment.SPOOL_BUCKET, Key: key }));
      });
    },
    putLetter: (of, MessageBody) =>
      unrecorded(async () => {
        await sqs.send(new SendMessageCommand({ QueueUrl: aws.deadLetterQueueUrls[of], MessageBody }));
      }),
    receivedAlert: () =>
      unrecorded(async () => {
        const QueueUrl = aws.queueUrls[route ?? ''];
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'an alert' }));
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
        const [{ MessageId = '', ReceiptHandle = '', Body = '' } = {}] = Messages;
        return { messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, receiveCount: 1 };
      }),
  };
}

/** Both ends of a route's chat service, as the handlers wire them. */
export function chatFrom(environment: Environment, route: RouteSettings): Ports['chat'] {
  return { ...chatPosterFrom(environment, route), ...chatProbeFrom(environment, route) };
}

let mailboxes = 0;

/** Of a mailbox of its own. */
export function freshWatermark(): Watermark {
  mailboxes += 1;
  return {
    mailbox: `account-${mailboxes}/INBOX`,
    uidValidity: '1',
    lastUid: 1,
    baselineUid: 0,
    beganAt: AT,
    accountedSince: undefined,
    restart: undefined,
  };
}
