import { auditMailbox } from '../../functions/core/audit/audit.ts';
import { AUDIT_TIMEOUT_MS } from '../../functions/core/audit/audit-limits.ts';
import { checkRoutes } from '../../functions/core/delivery/check-routes.ts';
import { POST_TIMEOUT_MS } from '../../functions/core/delivery/delivery-limits.ts';
import { postAlerts } from '../../functions/core/delivery/post-alerts.ts';
import { sentPostsOf } from '../../functions/core/delivery/posting.ts';
import { redriveRoute } from '../../functions/core/delivery/redrive.ts';
import { CHECK_TIMEOUT_MS } from '../../functions/core/delivery/redrive-limits.ts';
import { sendDigest } from '../../functions/core/digest/send-digest.ts';
import type { Journal } from '../../functions/core/journal.ts';
import { pollMailbox } from '../../functions/core/poll/poll.ts';
import { POLL_TIMEOUT_MS } from '../../functions/core/poll/poll-limits.ts';
import type { ReceivedMessage } from '../../functions/core/ports.ts';
import type { PolledMailbox } from '../../functions/core/settings/polled-mailbox.ts';
import type { Invocation } from './invocation.ts';
import { MINUTE_MS, type Plan } from './plan.ts';
import type { Ports, Process } from './simulated-services.ts';
import { CLASSIFY, type MailboxName, ROUTE_IDS, ROUTES, type RouteId } from './simulated-settings.ts';

/** As deployed; a digest's is written where its function is. */
export const TIMEOUTS_MS = {
  poll: POLL_TIMEOUT_MS,
  post: POST_TIMEOUT_MS,
  digest: 5 * MINUTE_MS,
  check: CHECK_TIMEOUT_MS,
  redrive: CHECK_TIMEOUT_MS,
  audit: AUDIT_TIMEOUT_MS,
} as const;

/** How often Lambda tries an invocation again that did not end well. */
export const RETRIES = { poll: 1, digest: 2, check: 1, audit: 1 } as const;

export type Run<Result> = (invocation: Invocation, ports: Ports, process: Process) => Promise<Result>;

/** What the handlers do, one use case each. */
export function simulatedFunctions(plan: Plan, random: () => number, journal: Journal) {
  const routes = ROUTES.map(({ id, target }) => ({ id, target, redriveAutomatically: true }));

  const poll =
    (mailbox: MailboxName): Run<unknown> =>
    async ({ clock, remainingMs }, ports) =>
      await pollMailbox(
        polledMailbox(mailbox, plan),
        { ...ports, reader: ports.readerOf(mailbox), classify: CLASSIFY, clock, journal },
        remainingMs,
      );

  const audit =
    (mailbox: MailboxName): Run<unknown> =>
    async ({ clock, remainingMs }, ports) =>
      await auditMailbox(
        polledMailbox(mailbox, plan),
        {
          ...ports,
          reader: ports.readerOf(mailbox),
          classify: CLASSIFY,
          configured: { routes: ROUTE_IDS, mailboxes: plan.mailboxes },
          clock,
          journal,
        },
        remainingMs,
      );

  const post =
    (route: RouteId, batch: readonly ReceivedMessage[]) =>
    async ({ id, clock, remainingMs }: Invocation, ports: Ports, { rateLimits }: Process) => {
      const posted = ROUTES.find((one) => one.id === route) as (typeof ROUTES)[number];
      const sentPosts = sentPostsOf(posted.target, ports.ledger);
      const services = { ...ports, sentPosts, queue: ports.alertQueueOf(route), rateLimits, clock, journal, random };
      return await postAlerts(batch, posted, { holder: id, remainingMs }, services);
    };

  const digest: Run<unknown> = async ({ clock }, ports) =>
    await sendDigest(
      { ...ports, clock, journal },
      {
        mailboxes: plan.mailboxes.map((mailbox) => ({ mailbox, everyMinutes: plan.pollEveryMs / MINUTE_MS })),
        routes: ROUTE_IDS,
        timeZone: 'UTC',
      },
    );

  const check: Run<unknown> = async ({ clock, remainingMs }, ports) =>
    await checkRoutes(routes, { ...ports, clock, journal }, remainingMs);

  const redrive =
    (route: RouteId): Run<unknown> =>
    async ({ clock, remainingMs }, ports) =>
      await redriveRoute(route, { ...ports, clock, journal }, { asked: 'by a person', remainingMs });

  return { poll, post, digest, audit, check, redrive };
}

function polledMailbox(mailbox: MailboxName, { startFrom, pollEveryMs }: Plan): PolledMailbox {
  const [account = '', folder = ''] = mailbox.split('/');
  // Where it is and how to log in is the reader's business.
  const settings = { account, startFrom, everyMinutes: pollEveryMs / MINUTE_MS } as PolledMailbox['account'];
  return { mailbox, folder, account: settings };
}
