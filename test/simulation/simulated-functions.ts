import { auditMailbox } from '../../functions/core/audit/audit.ts';
import { AUDIT_TIMEOUT_MS } from '../../functions/core/audit/audit-limits.ts';
import { checkRoutes } from '../../functions/core/checks/check-routes.ts';
import { POST_TIMEOUT_MS } from '../../functions/core/delivery/delivery-limits.ts';
import { postAlerts } from '../../functions/core/delivery/post-alerts.ts';
import { sentPostsOf } from '../../functions/core/delivery/posting.ts';
import { redriveRoute } from '../../functions/core/delivery/redrive.ts';
import { CHECK_TIMEOUT_MS } from '../../functions/core/delivery/redrive-limits.ts';
import { DIGEST_TIMEOUT_MS } from '../../functions/core/digest/limits.ts';
import { sendDigest } from '../../functions/core/digest/send-digest.ts';
import { discordPoster, discordProbe } from '../../functions/core/discord/discord-chat.ts';
import { failureName } from '../../functions/core/discord/failure-name.ts';
import type { Journal } from '../../functions/core/journal.ts';
import { accountOf } from '../../functions/core/mail/mail.ts';
import { pollMailbox } from '../../functions/core/poll/poll.ts';
import { POLL_TIMEOUT_MS } from '../../functions/core/poll/poll-limits.ts';
import type { ReceivedMessage } from '../../functions/core/records/alert-queue.ts';
import { type PolledMailbox, polledMailboxes } from '../../functions/core/settings/polled-mailbox.ts';
import type { MailboxSettings } from '../../functions/core/settings/settings-schema.ts';
import { letters } from '../../lib/cli/letters.ts';
import type { Invocation } from './invocation.ts';
import { DAY_MS, MINUTE_MS, type Plan } from './plan.ts';
import type { Ports, Process } from './simulated-services.ts';
import {
  type DeployedRoutes,
  type MailboxName,
  mailboxNamed,
  NEW_NAMES,
  ROUTES,
  type RouteId,
} from './simulated-settings.ts';

/** As deployed. */
export const TIMEOUTS_MS = {
  poll: POLL_TIMEOUT_MS,
  post: POST_TIMEOUT_MS,
  digest: DIGEST_TIMEOUT_MS,
  check: CHECK_TIMEOUT_MS,
  redrive: CHECK_TIMEOUT_MS,
  rescan: CHECK_TIMEOUT_MS,
  letters: CHECK_TIMEOUT_MS,
  audit: AUDIT_TIMEOUT_MS,
} as const;

/** How often Lambda tries an invocation again that did not end well. */
export const RETRIES = { poll: 1, digest: 2, check: 1, audit: 1 } as const;

export type Run<Result> = (invocation: Invocation, ports: Ports, process: Process) => Promise<Result>;

/**
 * What the handlers do, one use case each.
 *
 * @param deployed what an invocation that begins now has of the settings
 */
export function simulatedFunctions(
  plan: Plan,
  random: () => number,
  journal: Journal,
  deployed: { routes: () => DeployedRoutes; renamed: () => MailboxName | undefined },
) {
  const configuredMailboxes = () => polledMailboxes({ mailboxes: accountsOf(plan, deployed.renamed()) });
  const polledMailboxOf = (mailbox: MailboxName) =>
    configuredMailboxes().find((polled) => mailboxNamed(polled.mailbox) === mailbox) as PolledMailbox;

  const poll =
    (mailbox: MailboxName): Run<unknown> =>
    async ({ clock, remainingMs }, ports) => {
      const { classify, routeIds: routes } = deployed.routes();
      const services = {
        ...ports,
        reader: ports.readerOf(mailbox),
        login: ports.loginOf(mailbox),
        classify,
        routes,
        clock,
        journal,
      };
      return await pollMailbox(polledMailboxOf(mailbox), services, remainingMs);
    };

  const audit =
    (mailbox: MailboxName): Run<unknown> =>
    async ({ clock, remainingMs }, ports) => {
      const { classify, routeIds: routes } = deployed.routes();
      const configured = { mailboxes: configuredMailboxes().map((polled) => polled.mailbox) };
      const services = { ...ports, reader: ports.readerOf(mailbox), classify, routes, configured, clock, journal };
      return await auditMailbox(polledMailboxOf(mailbox), services, remainingMs);
    };

  const post =
    (route: RouteId, batch: readonly ReceivedMessage[]) =>
    async ({ id, clock, remainingMs }: Invocation, ports: Ports, { rateLimits }: Process) => {
      const posted = ROUTES.find((one) => one.id === route) as (typeof ROUTES)[number];
      const sentPosts = sentPostsOf(posted.target, ports.ledger);
      const chat = discordPoster(posted, { discord: ports.discord, rateLimits, clock });
      const services = { ...ports, sentPosts, queue: ports.alertQueueOf(route), chat, clock, journal, random };
      return await postAlerts(batch, posted, { holder: id, remainingMs }, services);
    };

  const digest: Run<unknown> = async ({ id, clock, remainingMs }, ports) =>
    await sendDigest(
      { ...ports, format: ports.formatDigest, failureName, clock, journal },
      {
        mailboxes: configuredMailboxes().map(({ mailbox, formerly, account: { everyMinutes } }) => ({
          mailbox,
          formerly,
          everyMinutes,
        })),
        routes: deployed.routes().routeIds,
      },
      { holder: id, remainingMs },
    );

  const check: Run<unknown> = async ({ clock, remainingMs }, ports) => {
    const { discordTargets } = ports;
    const routes = deployed.routes().routes.map((route) => ({
      ...route,
      chat: discordProbe(route.target, { discordTargets, clock }),
      redriveAutomatically: true,
    }));
    return await checkRoutes(routes, { ...ports, clock, journal }, remainingMs);
  };

  const redrive =
    (route: RouteId): Run<unknown> =>
    async ({ clock, remainingMs }, ports) =>
      await redriveRoute(route, { ...ports, clock, journal }, { trigger: 'manual', remainingMs });

  const removeLetters =
    (route: RouteId): Run<unknown> =>
    async ({ clock }, ports) =>
      await letters({ routes: [route], removed: 'all' }, { ...ports, clock }, () => {});

  /** What `rollcall rescan` stores. */
  const rescan =
    (mailbox: MailboxName, days: number): Run<void> =>
    async ({ clock }, { watermarks }) =>
      await watermarks.requestRescan(polledMailboxOf(mailbox).mailbox, new Date(clock.now().getTime() - days * DAY_MS));

  return { poll, post, digest, audit, check, redrive, rescan, letters: removeLetters };
}

/** @param renamed the mailbox of which the settings say that its folder was renamed */
function accountsOf({ mailboxes, startFrom, pollEveryMs }: Plan, renamed: MailboxName | undefined): MailboxSettings[] {
  return [...new Set(mailboxes.map(accountOf))].map((account) => {
    const folders = mailboxes
      .filter((mailbox) => accountOf(mailbox) === account)
      .map((mailbox) => {
        const former = folderIn(mailbox);
        return mailbox === renamed
          ? { name: folderIn(NEW_NAMES[mailbox]), formerly: [former] }
          : { name: former, formerly: [] };
      });
    // Where it is and how to log in is the reader's business.
    const settings = { account, formerly: [], folders, startFrom, everyMinutes: pollEveryMs / MINUTE_MS };
    return settings as Partial<MailboxSettings> as MailboxSettings;
  });
}

function folderIn(mailbox: string): string {
  return mailbox.slice(accountOf(mailbox).length + 1);
}
