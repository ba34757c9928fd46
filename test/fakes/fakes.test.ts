import { describe } from 'vitest';
import { alertQueueContract } from '../contracts/alert-queue-contract.ts';
import { deadLettersContract } from '../contracts/dead-letters-contract.ts';
import { digestRunsContract } from '../contracts/digest-runs-contract.ts';
import { ledgerContract } from '../contracts/ledger-contract.ts';
import { mailerContract } from '../contracts/mailer-contract.ts';
import { pausesContract } from '../contracts/pauses-contract.ts';
import { routeQueuesContract } from '../contracts/route-queues-contract.ts';
import { secretsContract } from '../contracts/secrets-contract.ts';
import { spoolContract } from '../contracts/spool-contract.ts';
import { targetChecksContract } from '../contracts/target-checks-contract.ts';
import { watermarksContract } from '../contracts/watermarks-contract.ts';
import { memoryAlertQueue } from './memory-alert-queue.ts';
import { memoryDeadLetters } from './memory-dead-letters.ts';
import { memoryDigestRuns } from './memory-digest-runs.ts';
import { memoryLedger } from './memory-ledger.ts';
import { memoryMailer } from './memory-mailer.ts';
import { memoryPauses } from './memory-pauses.ts';
import { memoryRouteQueues } from './memory-route-queues.ts';
import { memorySecrets } from './memory-secrets.ts';
import { memorySpool } from './memory-spool.ts';
import { memoryTargetChecks } from './memory-target-checks.ts';
import { memoryWatermarks } from './memory-watermarks.ts';

describe('the ledger in memory', () => {
  const ledger = memoryLedger();
  ledgerContract(() => ledger);
});

describe('the watermarks in memory', () => {
  const watermarks = memoryWatermarks();
  watermarksContract(() => watermarks);
});

describe('the pauses in memory', () => {
  const pauses = memoryPauses();
  pausesContract(() => pauses);
});

describe('the spool in memory', () => {
  const spool = memorySpool();
  spoolContract(() => ({ spool, textAt: async (key) => spool.objects.get(key) }));
});

describe('the route queues in memory', () => {
  const queues = memoryRouteQueues();
  const takenOf = new Map<string, number>();
  routeQueuesContract(() => ({
    queues,
    take: async (route) => {
      const taken = takenOf.get(route) ?? 0;
      const messages = queues.sent(route).slice(taken);
      takenOf.set(route, taken + messages.length);
      return messages;
    },
  }));
});

describe('the alert queue in memory', () => {
  const queue = memoryAlertQueue();
  alertQueueContract(() => ({
    queue,
    receive: async (body) => ({ messageId: 'message', receiptHandle: 'receipt', body, receiveCount: 1 }),
    deadLetters: async () =>
      queue.deadLetters.map(({ message, letter }) => ({
        body: message.body,
        reason: letter.failure.text,
        mailId: letter.mailId,
      })),
  }));
});

describe('the dead letters in memory', () => {
  const deadLetters = memoryDeadLetters();
  deadLettersContract(() => ({
    deadLetters,
    put: async (route, letter) => deadLetters.put(route, { ...letter, sentAt: new Date() }),
  }));
});

describe('the runs of digests in memory', () => {
  const runs = memoryDigestRuns();
  digestRunsContract(() => runs);
});

describe('the route checks in memory', () => {
  const checks = memoryTargetChecks();
  targetChecksContract(() => checks);
});

describe('the mailer in memory', () => {
  const mailer = memoryMailer();
  mailerContract(() => ({
    mailer,
    sent: async () => [...mailer.sent],
    refuse: () => mailer.refuse(new Error('refused by the test')),
  }));
});

describe('the secrets in memory', () => {
  const secrets = memorySecrets();
  secretsContract(() => ({ secrets, store: secrets.store }));
});
