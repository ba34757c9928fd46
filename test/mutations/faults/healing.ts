import type { Mutation } from '../mutation.ts';

const REDRIVE = 'functions/core/delivery/redrive.ts';
const LETTERS = 'functions/core/delivery/dead-letters.ts';
const CHECK = 'functions/core/delivery/check-routes.ts';

/** Faults in redrive, dead letters and the checks of routes. */
export const healingMutations: readonly Mutation[] = [
  {
    name: 'redrive calls alerts dispatched before they are sent',
    breaks: 'P2',
    file: REDRIVE,
    find: 'await routeQueues.send(route, alerts);',
    replace: `for (const { mailId } of entries) await ledger.markDispatched(mailId, at);
  await routeQueues.send(route, alerts);`,
    caughtBy: ['core/delivery/redrive.test.ts'],
  },
  {
    name: 'redrive goes on when the queue does not take its alerts',
    breaks: 'P2',
    file: REDRIVE,
    find: 'await routeQueues.send(route, alerts);',
    replace: 'await routeQueues.send(route, alerts).catch(() => undefined);',
    caughtBy: ['core/delivery/redrive.test.ts'],
  },
  {
    name: 'redrive deletes dead letters before it sends their alerts',
    breaks: 'P2',
    file: LETTERS,
    find: 'const obsolete = alerts.filter(isDone);',
    replace: 'const obsolete = alerts;',
    caughtBy: ['core/delivery/dead-letters.test.ts'],
  },
  {
    name: 'redrive sends all at once to a target that only looks healed',
    breaks: 'P7',
    file: REDRIVE,
    find: 'stoppedBy = await deathAmong(sent, isProof ? PROOF_WAIT_MS : 0, services);',
    replace: 'stoppedBy = isProof ? undefined : await deathAmong(sent, 0, services);',
    caughtBy: ['core/delivery/redrive.test.ts'],
  },
  {
    name: 'redrive by recovery tries refused payloads for ever',
    breaks: 'P3',
    file: REDRIVE,
    find: 'lastFailure !== undefined && HEALING.has(lastFailure.kind)',
    replace: 'lastFailure !== undefined',
    caughtBy: ['core/delivery/check-routes.test.ts', 'core/delivery/redrive.test.ts'],
  },
  {
    name: 'what SQS has forgotten is not put back',
    breaks: 'P2',
    file: REDRIVE,
    find: '(dispatchedAt ?? acceptedAt).getTime() > EXPIRING_AFTER_MS;',
    replace: '(dispatchedAt ?? acceptedAt).getTime() > EXPIRING_AFTER_MS * 1_000;',
    caughtBy: ['core/delivery/redrive.test.ts', 'core/delivery/three-weeks.test.ts'],
  },
  {
    name: 'a person cannot redrive what is not dead yet',
    breaks: 'P2',
    file: REDRIVE,
    find: "if (asked === 'by a person') return",
    replace: "if (asked === 'by a person' && state === 'dead') return",
    caughtBy: ['core/delivery/redrive.test.ts', 'core/delivery/three-weeks.test.ts'],
  },
  {
    name: 'a person redrives what a poster is posting at that moment',
    breaks: 'P3',
    file: REDRIVE,
    find: 'leaseUntil === undefined || leaseUntil <= now',
    replace: 'leaseUntil === undefined || leaseUntil !== now',
    caughtBy: ['core/delivery/redrive.test.ts'],
  },
  {
    name: 'an alert that the queue gave up by itself is not known to be dead',
    breaks: 'P4',
    file: LETTERS,
    find: 'if (await recordGivenUp(alert, known.get(alert.mailId), route, services)) report.recorded += 1;',
    replace: 'report.recorded += 0;',
    caughtBy: ['core/delivery/dead-letters.test.ts'],
  },
  {
    name: 'a route that answers again is not redriven',
    breaks: 'P7',
    file: CHECK,
    find: "checks.get(id)?.state === 'alive'",
    replace: "checks.get(id)?.state === 'unknown'",
    caughtBy: ['core/delivery/check-routes.test.ts'],
  },
  {
    name: 'what posters believe of a dead target outlives its recovery',
    breaks: 'P7',
    file: CHECK,
    find: "if (verdict.state === 'alive') await liftDeath(target, services);",
    replace: '',
    caughtBy: ['core/delivery/check-routes.test.ts'],
  },
  {
    name: 'a route that could not be checked is not told',
    breaks: 'P4',
    file: CHECK,
    find: 'if (troubles.length > 0) throw',
    replace: 'if (troubles.length < 0) throw',
    caughtBy: ['core/delivery/check-routes.test.ts'],
  },
  {
    name: 'a target is alive though the bot may not post there',
    breaks: 'P4',
    file: 'functions/core/delivery/route-check.ts',
    find: 'if (missingPermissions.length === 0) return',
    replace: 'if (missingPermissions.length >= 0) return',
    caughtBy: ['core/delivery/check-routes.test.ts'],
  },
  {
    name: 'a death is over as soon as Discord cannot be asked',
    breaks: 'P4',
    file: 'functions/core/delivery/route-check.ts',
    find: "if (state === 'unknown' && previous?.state === 'dead') return",
    replace: "if (state === 'dead' && previous?.state === 'dead') return",
    caughtBy: ['core/delivery/check-routes.test.ts'],
  },
];
