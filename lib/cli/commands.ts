import * as z from 'zod';
import { systemClock } from '../../functions/adapters/system-clock.ts';
import { clearDeadTargetPause } from '../../functions/core/delivery/clear-dead-target.ts';
import { type RedriveReport, redriveRoute } from '../../functions/core/delivery/redrive.ts';
import type { JournalEvent } from '../../functions/core/journal.ts';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import { ledgerFrom, pausesFrom, targetChecksFrom } from '../../functions/wiring/dynamo.ts';
import type { Environment } from '../../functions/wiring/environment.ts';
import { deadLettersFrom, routesWithQueues } from '../../functions/wiring/queues.ts';
import { redriveServicesFrom } from '../../functions/wiring/redrive.ts';
import { CommandError } from './command-error.ts';
import { letters } from './letters.ts';
import { status } from './status.ts';

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
  const redriven = routesNamed(named, environment);
  const journal = (event: JournalEvent) => {
    if (event.kind === 'alerts redriven') print(`${event.route}: ${event.alerts.length} alerts requeued`);
  };
  const services = { ...redriveServicesFrom({ environment, journal }), pauses: pausesFrom(environment) };
  let exitCode = 0;
  for (const route of redriven) {
    const target = routes.find(({ id }) => id === route)?.target;
    if (target) await clearDeadTargetPause(target, services);
    const report = await redriveRoute(route, services, {
      trigger: 'manual',
      remainingMs: () => Number.POSITIVE_INFINITY,
    });
    for (const line of linesOf(report)) print(line);
    if (report.stoppedBy || report.left > 0) exitCode = 1;
  }
  return exitCode;
}

function linesOf({ route, redriven, left, beingPosted, stoppedBy, letters }: RedriveReport): string[] {
  const lines = [
    `${route}: ${redriven === 0 ? 'nothing to requeue' : `${redriven} requeued, ${letters.removed} dead letters removed`}`,
  ];
  if (beingPosted > 0) {
    lines.push(`${route}: ${beingPosted} skipped, because they are being posted now. Run this again in a minute.`);
  }
  if (stoppedBy) {
    lines.push(`${route}: stopped, because the first one failed again: ${stoppedBy.text}`);
    lines.push(`${route}: ${left} more stay in the ledger. Fix the cause, then run redrive again.`);
  }
  if (letters.unreadable > 0) {
    lines.push(
      `${route}: unreadable dead letters: ${letters.unreadable}. They stay where they are. ` +
        `See them: npm run rollcall -- letters ${route}`,
    );
  }
  return lines;
}

/** Prints what is open in a deployment, and what its last checks found. */
export async function statusOf(environment: Environment, print: (line: string) => void): Promise<void> {
  const services = {
    ledger: ledgerFrom(environment),
    targetChecks: targetChecksFrom(environment),
    deadLetters: deadLettersFrom(environment),
    clock: systemClock,
  };
  const deployed = { routes: routesWithQueues(environment), mailboxes: mailboxesIn(environment) };
  await status(deployed, services, print);
}

/** Shows or removes the unreadable dead letters of one route of a deployment, or of all. Returns the exit code. */
export async function lettersOf(
  environment: Environment,
  { named, removed }: { named: string | undefined; removed: string | undefined },
  print: (line: string) => void,
): Promise<number> {
  const services = { deadLetters: deadLettersFrom(environment), clock: systemClock };
  return await letters({ routes: routesNamed(named, environment), removed }, services, print);
}

/** @throws CommandError where the deployment has no such route */
function routesNamed(named: string | undefined, environment: Environment): string[] {
  const deployed = routesWithQueues(environment);
  if (named === undefined) return deployed;
  if (deployed.includes(named)) return [named];
  throw new CommandError(`There is no route ${named}. There are: ${deployed.join(', ')}.`);
}

const mailboxesSchema = z.array(z.string());

/** Undefined where the deployment is from a version that did not write them down. */
function mailboxesIn({ MAILBOXES }: Environment): string[] | undefined {
  return MAILBOXES === undefined ? undefined : mailboxesSchema.parse(JSON.parse(MAILBOXES));
}
