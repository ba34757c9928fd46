import { clearDeadTargetPause } from '../../functions/core/delivery/clear-dead-target.ts';
import { type RedriveReport, redriveRoute } from '../../functions/core/delivery/redrive.ts';
import type { JournalEvent } from '../../functions/core/journal.ts';
import { pausesFrom } from '../../functions/wiring/dynamo.ts';
import { redriveServicesFrom } from '../../functions/wiring/redrive.ts';
import type { Command } from './command.ts';
import { routesNamed } from './deployment.ts';

/** Requeues the open alerts of one route, or of all. */
export const redriveCommand: Command = {
  name: 'redrive',
  argument: '[ROUTE]',
  summary: 'requeues the open alerts of a route, or of all routes; safe to run twice',
  async run({ deployed, settings, named, print }) {
    const environment = await deployed();
    const { routes } = await settings();
    const journal = (event: JournalEvent) => {
      if (event.kind === 'alerts redriven') print(`${event.route}: ${event.alerts.length} alerts requeued`);
    };
    const services = { ...redriveServicesFrom({ environment, journal }), pauses: pausesFrom(environment) };
    let exitCode = 0;
    for (const route of routesNamed(named, environment)) {
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
  },
};

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
