import { systemClock } from '../../functions/adapters/system-clock.ts';
import { groupBy } from '../../functions/core/group-by.ts';
import type { DeadLetters, UnreadableLetter } from '../../functions/core/records/dead-letters.ts';
import type { Ledger } from '../../functions/core/records/ledger.ts';
import { type LedgerEntry, UNKNOWN_ROUTE } from '../../functions/core/records/ledger-entry.ts';
import { OPERATOR_PATHS, type TargetCheck, type TargetChecks } from '../../functions/core/records/target-check.ts';
import type { Clock } from '../../functions/core/time.ts';
import { ledgerFrom, targetChecksFrom } from '../../functions/wiring/dynamo.ts';
import { deadLettersFrom, routesWithQueues } from '../../functions/wiring/queues.ts';
import type { Command } from './command.ts';
import { mailboxesIn } from './deployment.ts';
import { ago } from './times.ts';

export type StatusServices = {
  ledger: Ledger;
  targetChecks: TargetChecks;
  deadLetters: DeadLetters;
  clock: Clock;
};

/** What is deployed. */
export type Deployed = {
  routes: readonly string[];
  /** Undefined if the deployment is from a version that did not store them. */
  mailboxes: readonly string[] | undefined;
};

export const statusCommand: Command = {
  name: 'status',
  summary: 'shows what is open, and the result of the last check of each route',
  async run({ deployed, print }) {
    const environment = await deployed();
    const services = {
      ledger: ledgerFrom(environment),
      targetChecks: targetChecksFrom(environment),
      deadLetters: deadLettersFrom(environment),
      clock: systemClock,
    };
    await status({ routes: routesWithQueues(environment), mailboxes: mailboxesIn(environment) }, services, print);
    return 0;
  },
};

type Print = (line: string) => void;

const INDENT = ' '.repeat(12);

/**
 * Prints the last check and the open alerts of every route, the open alerts of removed routes and mailboxes, and
 * whether failures are reported to the operator.
 */
export async function status(deployed: Deployed, services: StatusServices, print: Print): Promise<void> {
  const alerts = await openAlerts(services.ledger);
  const byRoute = groupBy(alerts, ({ route }) => route);
  const unreadable = await Promise.all(deployed.routes.map((route) => services.deadLetters.unreadable(route)));
  for (const [index, route] of deployed.routes.entries()) {
    await printRoute(route, { open: byRoute.get(route) ?? [], unreadable: unreadable[index] ?? [] }, services, print);
  }
  printRemoved(alerts, deployed, services.clock.now(), print);
  for (const path of OPERATOR_PATHS) {
    const check = await services.targetChecks.get(`path/${path}`);
    print(`${path.padEnd(12)} ${stateText(check, { alive: 'open', dead: 'closed' })}`);
    if (check?.failure) print(`${INDENT} ${check.failure.text}`);
  }
}

/** @param words alternative words for states of this target */
function stateText(check: TargetCheck | undefined, words: Readonly<Record<string, string>> = {}): string {
  return check ? `${words[check.state] ?? check.state} since ${check.since.toISOString()}` : 'not checked yet';
}

/** Oldest first. */
async function openAlerts(ledger: Ledger): Promise<LedgerEntry[]> {
  const alerts: LedgerEntry[] = [];
  for await (const entry of ledger.allOpenEntries()) if (entry.route !== UNKNOWN_ROUTE) alerts.push(entry);
  return alerts.sort((one, other) => one.acceptedAt.getTime() - other.acceptedAt.getTime());
}

async function printRoute(
  route: string,
  { open, unreadable }: { open: readonly LedgerEntry[]; unreadable: readonly UnreadableLetter[] },
  { targetChecks }: StatusServices,
  print: Print,
): Promise<void> {
  const check = await targetChecks.get(`route/${route}`);
  const dead = open.filter(({ state }) => state === 'dead').length;
  const oldest = open[0] ? `, the oldest from ${open[0].acceptedAt.toISOString()}` : '';
  print(`${route.padEnd(12)} ${stateText(check)} · ${open.length - dead} on their way, ${dead} dead${oldest}`);
  if (check?.failure) print(`${INDENT} ${check.failure.text}`);
  if (unreadable.length > 0) {
    print(`${INDENT} unreadable dead letters: ${unreadable.length}. See them: npm run rollcall -- letters ${route}`);
  }
}

function printRemoved(alerts: readonly LedgerEntry[], { routes, mailboxes }: Deployed, now: Date, print: Print): void {
  const ofRoutes = groupBy(
    alerts.filter(({ route }) => !routes.includes(route)),
    ({ route }) => route,
  );
  const ofMailboxes = groupBy(
    alerts.filter(({ location }) => mailboxes?.includes(location.mailbox) === false),
    ({ location }) => location.mailbox,
  );
  const lines = [
    ...[...ofRoutes].map(([route, open]) => `route ${route}: ${openSince(open, now)}`),
    ...[...ofMailboxes].map(([mailbox, open]) => `mailbox ${mailbox}: ${openSince(open, now)}`),
  ];
  if (lines.length > 0) print('removed from the settings, with alerts that are open:');
  for (const line of lines) print(`${INDENT} ${line}`);
  if (mailboxes === undefined) {
    print('mailboxes that were removed from the settings are not known: deploy again (npx cdk deploy)');
  }
}

function openSince(open: readonly [LedgerEntry, ...LedgerEntry[]], now: Date): string {
  return `${open.length} open, the oldest from ${ago(open[0].acceptedAt, now)}`;
}
