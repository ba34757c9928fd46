import * as z from 'zod';
import { systemClock } from '../adapters/system-clock.ts';
import { auditMailbox } from '../core/audit/audit.ts';
import { AUDIT_DAYS } from '../core/audit/audit-limits.ts';
import type { AuditReport } from '../core/records/audit-report.ts';
import { compileRules } from '../core/rules/classify.ts';
import { authservIdsOf, polledMailboxes, polledMailboxNamed } from '../core/settings/polled-mailbox.ts';
import type { HandlerDependencies } from '../handler-dependencies.ts';
import { ledgerFrom, watermarksFrom } from '../wiring/dynamo.ts';
import { mailReadersFrom } from '../wiring/mail-readers.ts';
import { routeQueuesFrom } from '../wiring/queues.ts';
import { spoolFrom } from '../wiring/spool.ts';

const daysSchema = z.union([z.int().positive(), z.literal('all')]);
const eventSchema = z.object({ mailbox: z.string().min(1), days: daysSchema.default(AUDIT_DAYS) });

/** Audits the mailbox that the schedule names: `{ "mailbox": "support/INBOX" }`; `"days": 90` covers more days. */
export function createAuditInbox({ settings, environment, journal }: HandlerDependencies) {
  const services = {
    watermarks: watermarksFrom(environment),
    ledger: ledgerFrom(environment),
    routeQueues: routeQueuesFrom(environment),
    spool: spoolFrom(environment),
    classify: compileRules(settings.routes, { authservIdOf: authservIdsOf(settings) }),
    routes: settings.routes.map(({ id }) => id),
    configured: { mailboxes: polledMailboxes(settings).map(({ mailbox }) => mailbox) },
    clock: systemClock,
    journal,
  };
  const readerOf = mailReadersFrom(environment, settings);
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<AuditReport> => {
    const { mailbox, days } = eventSchema.parse(event);
    const polled = polledMailboxNamed(mailbox, settings);
    const remainingMs = () => context.getRemainingTimeInMillis();
    return await auditMailbox(polled, { ...services, reader: readerOf(polled.account) }, remainingMs, { days });
  };
}
