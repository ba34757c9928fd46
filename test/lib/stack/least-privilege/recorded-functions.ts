import { createAuditInbox } from '../../../../functions/audit-inbox/handler.ts';
import { createCheckRoutes } from '../../../../functions/check-routes/handler.ts';
import {
  ALERTS_PER_BATCH,
  POST_CONCURRENCY,
  POST_TIMEOUT_MS,
} from '../../../../functions/core/delivery/delivery-limits.ts';
import { createPollInbox } from '../../../../functions/poll-inbox/handler.ts';
import { createPostToDiscord } from '../../../../functions/post-to-discord/handler.ts';
import { createSendDigest } from '../../../../functions/send-digest/handler.ts';
import { startEventSource } from '../../../../lib/local/event-source.ts';
import { recordingJournal } from '../../../fakes/recording-journal.ts';
import { type RecordedWorld, ROUTES } from './recorded-world.ts';
import type { FunctionName } from './stack-functions.ts';

const CONTEXT = { getRemainingTimeInMillis: () => 10 * 60_000 };

/** The real handlers of all functions, each recorded under its name; the posters work off their queues from now on. */
export function startFunctions({ settings, environment, environmentOf, recorder, started, sqs, aws }: RecordedWorld) {
  const journal = recordingJournal();
  const dependencies = { settings, environment, journal };
  const as = <T>(name: FunctionName, run: () => T): T => recorder.as(name, run);

  for (const id of ROUTES) {
    const post = createPostToDiscord({ ...dependencies, environment: environmentOf(id) });
    started(
      startEventSource({
        sqs,
        queueUrl: aws.queueUrls[id] ?? '',
        batchSize: ALERTS_PER_BATCH,
        concurrency: POST_CONCURRENCY,
        functionTimeoutMs: POST_TIMEOUT_MS,
        handler: (event, context) => as(`post-to-discord ${id}`, () => post(event, context)),
        onError: ({ text }) => {
          throw new Error(text);
        },
      }),
    );
  }
  const pollInbox = createPollInbox(dependencies);
  const auditInbox = createAuditInbox(dependencies);
  const checkRoutes = createCheckRoutes(dependencies);
  const sendDigest = createSendDigest(dependencies);
  return {
    journal,
    poll: (mailbox: string) => as('poll-inbox', () => pollInbox({ mailbox }, CONTEXT)),
    audit: (mailbox: string) => as('audit-inbox', () => auditInbox({ mailbox }, CONTEXT)),
    check: () => as('check-routes', () => checkRoutes({}, CONTEXT)),
    digest: () => as('send-digest', () => sendDigest({}, CONTEXT)),
  };
}
