import { type AttentionItem, findingsOf } from '../../functions/core/digest/attention/items.ts';
import type { Digest } from '../../functions/core/digest/digest.ts';
import { isWithin } from '../../functions/core/digest/window.ts';
import { isWithheld } from '../../functions/core/mail/withheld-mail.ts';
import type { AuditReport } from '../../functions/core/records/audit-report.ts';
import type { LedgerEntry } from '../../functions/core/records/ledger-entry.ts';
import { type Restart, restartsOf } from '../../functions/core/records/watermark.ts';
import { type MailboxName, mailboxNamed, type RouteId } from './simulated-settings.ts';

/** What a digest says, as data: how it is put into words has tests of its own. */
export type ReadDigest = {
  attention: readonly AttentionItem[];
  /** Unknown emails that it carries. */
  unknown: ReadonlySet<number>;
  /** Places of emails that it carries because they could not be read. */
  withheld: readonly { mailbox: string; uid: number }[];
  /** By mailbox, whatever its name is by then. */
  health: ReadonlyMap<MailboxName, ReadHealth>;
};

type ReadHealth = {
  /** Undefined where nothing is known of the mailbox. */
  polls: number | undefined;
  audit: AuditReport | undefined;
  restarts: readonly Restart['reason'][];
};

export function readDigest({ attention, unknown, summary }: Digest): ReadDigest {
  return {
    attention,
    unknown: new Set(unknown.carried.flatMap(({ from, snippet }) => tokensIn(`${snippet} ${from}`))),
    withheld: unknown.carried.flatMap(({ reason, mailbox, uid }) => (isWithheld(reason) ? [{ mailbox, uid }] : [])),
    health: new Map(
      summary?.health.map(({ mailbox, health, watermark }) => [
        mailboxNamed(mailbox),
        {
          polls: health?.pollsSinceDigest,
          audit: health?.lastAudit,
          restarts: watermark
            ? restartsOf(watermark).flatMap(({ at, reason }) => (isWithin(at, summary.window) ? [reason] : []))
            : [],
        },
      ]),
    ),
  };
}

/** The alerts of a route that a digest reports as undelivered. */
export function undeliveredOf(route: RouteId, { attention }: Pick<ReadDigest, 'attention'>): LedgerEntry[] {
  return findingsOf(attention, 'undelivered alerts').flatMap((finding) =>
    finding.route === route ? finding.alerts : [],
  );
}

export function tokensOf(entries: readonly LedgerEntry[]): number[] {
  return entries.flatMap(({ record }) => tokensIn(`${record.snippet} ${record.from}`));
}

/** What tells it from the email whose From, Subject and Date it has. */
export function textOfTwin(token: number): string {
  return `twin${token} has a text of its own.`;
}

/** Every mail of a simulation has its token in its From, but a twin has it in its text. */
export function tokensIn(text: string): number[] {
  const [, twin] = /\btwin(\d+)\b/.exec(text) ?? [];
  if (twin !== undefined) return [Number(twin)];
  return [...text.matchAll(/\bm(\d+)@[a-z]+\.example\b/g)].map(([, token]) => Number(token));
}
