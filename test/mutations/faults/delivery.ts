import { type Fault, property } from '../fault.ts';

const post = ['core/delivery/post-alerts.test.ts'] as const;
const redrive = ['core/delivery/redrive.test.ts'] as const;
const checks = ['core/checks/check-routes.test.ts'] as const;

/** Faults on the way from queue to Discord, and in what brings a dead alert back. */
export const deliveryFaults: readonly Fault[] = [
  {
    name: 'an alert that another invocation holds is dropped',
    breaks: 'P2',
    find: 'return await $RETURN($ALERT, Math.max(1_000, $CLAIMED.until.getTime() - $AT.getTime()), $$$POSTING);',
    replace: "return 'settled';",
    caughtBy: post,
  },
  {
    name: 'alerts are settled before Discord has taken them',
    breaks: 'P2',
    find: {
      pattern: 'const $RESULT = $STOPPED ?? (await $SEND($MESSAGE, $POSTING));',
      inside: {
        kind: 'function_declaration',
        stopBy: 'end',
        has: { pattern: 'await $SETTLE($POST.messages, $RESULT.$ID, $POSTING)', stopBy: 'end' },
      },
    },
    replace: `if (!$STOPPED) await $SETTLE($POST.messages, 'on its way', $POSTING);
  const $RESULT = $STOPPED ?? (await $SEND($MESSAGE, $POSTING));`,
    caughtBy: post,
  },
  {
    name: 'alerts that Discord has taken are not settled',
    breaks: 'P3',
    find: 'await $SETTLE($POST.messages, $RESULT.$ID, $POSTING)',
    replace: "'settled'",
    caughtBy: post,
  },
  {
    name: 'a 403 is taken for delivered: the incident',
    breaks: 'P2',
    find: "{ status: 403, code: 'any', becomes: 'dead', $$$MEANING }",
    replace: "{ status: 403, code: 'any', becomes: 'delivered', $$$MEANING }",
    caughtBy: ['core/discord/post-outcome.test.ts'],
  },
  {
    name: 'an alert for a later try is not kept in the queue',
    breaks: 'P2',
    find: "return 'returned';",
    replace: "return 'settled';",
    caughtBy: post,
  },
  {
    name: 'the answer to the queue names nothing that failed, so that SQS deletes it all',
    breaks: 'P2',
    find: property('batchItemFailures: $RETURNED.map($ITEM)'),
    replace: 'batchItemFailures: []',
    caughtBy: ['lib/local/local-pipeline.test.ts'],
  },
  {
    name: 'a dead alert leaves no letter, so that no alarm sounds',
    breaks: 'P4',
    find: {
      pattern: 'await $SERVICES.queue.deadLetter($$$LETTER);',
      precedes: { pattern: 'await $SERVICES.ledger.recordDead($$$DEATH);' },
    },
    replace: '',
    caughtBy: post,
  },
  {
    name: 'a dead alert is not recorded in the ledger',
    breaks: 'P4',
    find: 'await $SERVICES.ledger.recordDead($$$DEATH);',
    replace: '',
    caughtBy: post,
  },
  {
    name: 'a refused secret is not read again',
    breaks: 'P7',
    find: '{ freshSecret: true }',
    replace: '{ freshSecret: false }',
    caughtBy: post,
  },
  {
    name: 'a webhook’s post whose answer was lost is sent again at once',
    breaks: 'P3',
    find: "$RESULT.kind !== 'retry' || $RESULT.effect === 'none' || $CANNOT",
    replace: "$RESULT.kind !== 'retry' || $RESULT.effect === 'none'",
    caughtBy: ['core/delivery/no-double-posts.test.ts'],
  },
  {
    name: 'allowed_mentions is left out, so that an email pings whom it names',
    breaks: 'P9',
    find: property('allowed_mentions: { parse: [], $$$ALLOWED }'),
    replace: 'allowed_mentions: undefined as never',
    caughtBy: ['core/discord/post-packing.test.ts'],
  },
  {
    name: 'redrive continues when the queue does not take its alerts',
    breaks: 'P2',
    find: {
      pattern: 'await $QUEUES.send($ROUTE, $ALERTS);',
      precedes: { pattern: 'await $MAP($ENTRIES, $DISPATCH, $OPTIONS);' },
    },
    replace: 'await $QUEUES.send($ROUTE, $ALERTS).catch(() => undefined);',
    caughtBy: redrive,
  },
  {
    name: 'what SQS has forgotten is not put back',
    breaks: 'P2',
    find: 'return $NOW.getTime() - ($DISPATCHED ?? $ACCEPTED).getTime() > $LIMIT;',
    replace: 'return false;',
    caughtBy: ['core/delivery/redrive.test.ts', 'simulation/long-plans.test.ts'],
  },
  {
    name: 'a route that answers again is not redriven',
    breaks: 'P7',
    find: "$CHECKS.get($ROUTE)?.state === 'alive'",
    replace: "$CHECKS.get($ROUTE)?.state === 'unknown'",
    caughtBy: checks,
  },
];
