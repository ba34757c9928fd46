import type { RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import * as z from 'zod';
import type { EmbeddedServer } from './embedded-dynamo.ts';
import { close, originOf } from './listening.ts';

// A CommonJS module with a `default` of its own, which ES module loaders return in different forms.
const { default: startSes } = createRequire(import.meta.url)('aws-ses-v2-local') as typeof import('aws-ses-v2-local');

const storeSchema = z.object({
  emails: z.array(
    z.object({
      messageId: z.string(),
      from: z.string(),
      destination: z.object({ to: z.array(z.string()) }),
      subject: z.string(),
      body: z.object({ text: z.string().optional(), html: z.string().optional() }),
      attachments: z.array(z.object({ filename: z.string().optional(), contentType: z.string(), content: z.base64() })),
    }),
  ),
});

/** An email that the embedded SES accepted. */
type SentMail = {
  messageId: string;
  from: string;
  to: readonly string[];
  subject: string;
  text: string | undefined;
  html: string | undefined;
  attachments: readonly { fileName: string | undefined; contentType: string; content: string }[];
};

export type EmbeddedSes = EmbeddedServer & {
  /** All emails since the start, in order. */
  sentMails(): Promise<SentMail[]>;
  /**
   * Makes SES refuse email with this error of its API, such as `MessageRejected`; undefined makes it accept email
   * again.
   */
  refuseMail(refusal: { code: string; message: string } | undefined): void;
};

/**
 * Starts the stand-in for SES on 127.0.0.1. Its store belongs to the process, so two of them in one process at the same
 * time would see each other's email.
 */
export async function startEmbeddedSes(): Promise<EmbeddedSes> {
  let refusal: { code: string; message: string } | undefined;
  const server = await startSes({ host: '127.0.0.1', port: 0 });
  const [answerAsSes] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (refusal && request.method === 'POST') refuse(response, refusal);
    else answerAsSes?.(request, response);
  });
  const origin = originOf(server);

  async function store(): Promise<SentMail[]> {
    const answer = await fetch(`${origin}/store`);
    return storeSchema.parse(await answer.json()).emails.map(({ destination, body, attachments, ...mail }) => ({
      ...mail,
      to: destination.to,
      text: body.text,
      html: body.html,
      attachments: attachments.map(({ filename, contentType, content }) => ({
        fileName: filename,
        contentType,
        content: Buffer.from(content, 'base64').toString('utf8'),
      })),
    }));
  }

  const sentBefore = (await store()).length;
  return {
    origin,
    sentMails: async () => (await store()).slice(sentBefore),
    refuseMail: (next) => {
      refusal = next;
    },
    stop: () => close(server),
  };
}

/** An error in the format of SES: REST JSON, its name in a header (Smithy, AWS restJson1 protocol). */
function refuse(response: ServerResponse, { code, message }: { code: string; message: string }): void {
  response.writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ message }));
}
