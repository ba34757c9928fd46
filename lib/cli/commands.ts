import { liftDeath } from '../../functions/core/delivery/lift-death.ts';
import { type RedriveReport, redriveRoute } from '../../functions/core/delivery/redrive.ts';
import type { JournalEvent } from '../../functions/core/journal.ts';
import type { LedgerEntry } from '../../functions/core/ledger/ledger-entry.ts';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import { ledgerFrom, pathChecksFrom, pausesFrom, routeChecksFrom } from '../../functions/from-environment/dynamo.ts';
import type { Environment } from '../../functions/from-environment/environment.ts';
import { routesWithQueues } from '../../functions/from-environment/queues.ts';
import { redriveServicesFrom } from '../../functions/from-environment/redrive.ts';
import { CommandError } from './command-error.ts';

/**
 * Puts the open alerts of one route, or of all, back on their queues.
 *
 * @param environment of a deployment
 * @param routes those of the settings
 * @returns the exit code: 0 where everything that was due is on its queue again and nothing came straight back
 */
export async function redrive(
  environment: Environment,
  routes: Settings['routes'],
  named: string | undefined,
  print: (line: string) => void,
): Promise<number> {
  const deployed = routesWithQueues(environment);
  if (named !== undefined && !deployed.includes(named)) {
    throw new CommandError(`There is no route ${named}. There are: ${deployed.join(', ')}.`);
  }
  const journal = (event: JournalEvent) => {
    if (event.kind === 'alerts redriven')
      print(`${event.route}: ${event.alerts.length} alerts are on their queue again`);
  };
  const services = { ...redriveServicesFrom({ environment, journal }), pauses: pausesFrom(environment) };
  let exitCode = 0;
  for (const route of named === undefined ? deployed : [named]) {
    const target = routes.find(({ id }) => id === route)?.discord;
    if (target) await liftDeath(target, services);
    const report = await redriveRoute(route, services, {
      asked: 'by a person',
      remainingMs: () => Number.POSITIVE_INFINITY,
    });
    for (const line of linesOf(report)) print(line);
    if (report.stoppedBy || report.left > 0) exitCode = 1;
  }
  return exitCode;
}

function linesOf({ route, redriven, left, beingPosted, stoppedBy, letters }: RedriveReport): string[] {
  const lines = [
    `${route}: ${redriven === 0 ? 'nothing to put back' : `${redriven} put back, ${letters.removed} dead letters removed`}`,
  ];
  if (beingPosted > 0) {
    lines.push(
      `${route}: ${beingPosted} left alone, because they are being posted right now. Run this again in a minute.`,
    );
  }
  if (stoppedBy) {
    lines.push(`${route}: stopped, because the first of them died again: ${stoppedBy.text}`);
    lines.push(`${route}: ${left} more wait in the ledger. Mend the target, then redrive again.`);
  }
  if (letters.unreadable > 0) {
    lines.push(`${route}: ${letters.unreadable} dead letters name no mail and stay where they are; read them by hand.`);
  }
  return lines;
}

/** Prints, for every route, what the last check found and what is open, and whether a person is told of troubles. */
export async function status(environment: Environment, print: (line: string) => void): Promise<void> {
  const ledger = ledgerFrom(environment);
  const routeChecks = routeChecksFrom(environment);
  for (const route of routesWithQueues(environment)) {
    const open: LedgerEntry[] = [];
    for await (const entry of ledger.openEntries(route)) open.push(entry);
    const check = await routeChecks.get(route);
    const state = check ? `${check.state} since ${check.since.toISOString()}` : 'not checked yet';
    const dead = open.filter(({ state }) => state === 'dead').length;
    const oldest = open[0] ? `, the oldest from ${open[0].acceptedAt.toISOString()}` : '';
    print(`${route.padEnd(12)} ${state} · ${open.length - dead} on their way, ${dead} dead${oldest}`);
    if (check?.failure) print(`${' '.repeat(12)} ${check.failure.text}`);
  }
  const pathChecks = pathChecksFrom(environment);
  for (const path of ['digest', 'alarms'] as const) {
    const check = await pathChecks.get(path);
    print(`${path.padEnd(12)} ${check ? `${check.state} since ${check.since.toISOString()}` : 'not checked yet'}`);
    if (check?.reason) print(`${' '.repeat(12)} ${check.reason}`);
  }
}
