import { recoveriesSince } from '../audit/audit-limits.ts';
import type { LedgerLine } from '../ledger/ledger-entry.ts';
import type { MailboxHealth } from '../poll/watermark.ts';
import type { Clock, Ledger, Watermarks } from '../ports.ts';
import type { DigestMailbox } from './digest-facts.ts';
import { INDEX_LAG_MS } from './digest-limits.ts';

/** What is known of one mailbox when a digest is written. */
export type MailboxFacts = DigestMailbox & {
  /** Undefined where no poll has run yet, good or bad. */
  health: MailboxHealth | undefined;
  /** When its health was read. What its watermark had passed then, this digest counts, and no later one. */
  readAt: Date;
  /** Mails that polls have passed since this mailbox's last digest, by route. Polls count them beside the watermark. */
  seen: ReadonlyMap<string, number>;
  /** What the ledger has of them. */
  lines: readonly LedgerLine[];
  /** What the ledger has of mails that the audit brought back since then. */
  recovered: readonly LedgerLine[];
};

type IndexedLedger = Pick<Ledger, 'linesAbove'>;

/** Reads one mailbox's facts. Where the ledger shows fewer mails than polls have passed, it is asked once more. */
export async function readMailboxFacts(
  mailbox: DigestMailbox,
  { watermarks, ledger, clock }: { watermarks: Pick<Watermarks, 'get'>; ledger: IndexedLedger; clock: Clock },
): Promise<MailboxFacts> {
  const health = await watermarks.get(mailbox.mailbox);
  const readAt = clock.now();
  const known = { ...mailbox, health, readAt, seen: seenSinceDigest(health) };
  const read = async () => ({ ...known, ...(await readLines(mailbox.mailbox, health, ledger, readAt)) });
  const facts = await read();
  if (facts.lines.length + facts.recovered.length >= sumOf(known.seen.values())) return facts;
  await clock.wait(INDEX_LAG_MS);
  return await read();
}

function seenSinceDigest(health: MailboxHealth | undefined): Map<string, number> {
  const before = health?.digestWatermark?.seen ?? {};
  const now = health?.watermark?.seen ?? {};
  const since = Object.entries(now).map(([route, count]) => [route, count - (before[route] ?? 0)] as const);
  return new Map(since.filter(([, count]) => count !== 0));
}

function sumOf(counts: Iterable<number>): number {
  return [...counts].reduce((sum, count) => sum + count, 0);
}

/** The ledger's lines of mail since the last digest, in those that polls have passed and those that the audit brought back. */
async function readLines(mailbox: string, health: MailboxHealth | undefined, ledger: IndexedLedger, readAt: Date) {
  const lines: LedgerLine[] = [];
  const recovered: LedgerLine[] = [];
  for (const uidValidity of uidValiditiesOf(health)) {
    const sort = sorting(uidValidity, health, readAt);
    for await (const line of ledger.linesAbove(mailbox, uidValidity, toldBelow(uidValidity, health))) {
      const place = sort(line);
      if (place === 'passed') lines.push(line);
      if (place === 'recovered') recovered.push(line);
    }
  }
  return { lines, recovered };
}

/**
 * Up to this uid the last digest has told everything: of what stands there, only an audit can have brought something back
 * since, and it says so first. Without such a bound a digest would read the ledger of all times, every day.
 */
function toldBelow(
  uidValidity: string,
  { digestWatermark, lastDigestAt, recovery }: Partial<MailboxHealth> = {},
): number {
  if (digestWatermark?.uidValidity !== uidValidity) return 0;
  const { lastUid } = digestWatermark;
  const isNew = recovery?.uidValidity === uidValidity && recovery.at > recoveriesSince(lastDigestAt);
  return isNew ? Math.min(lastUid, recovery.fromUid - 1) : lastUid;
}

/** Those under which mail can have been counted since the last digest. */
function uidValiditiesOf({ watermark, digestWatermark }: Partial<MailboxHealth> = {}): Set<string> {
  const all = [digestWatermark?.uidValidity, watermark?.previousUidValidity, watermark?.uidValidity];
  return new Set(all.filter((uidValidity) => uidValidity !== undefined));
}

/** Says what a line of this uidValidity is to the digest that read the mailbox's health at `readAt`. */
function sorting(
  uidValidity: string,
  { watermark, digestWatermark, lastDigestAt = new Date(0), lastAudit }: Partial<MailboxHealth> = {},
  readAt: Date,
): (line: LedgerLine) => 'passed' | 'recovered' | 'told' | 'not passed yet' {
  const passedUid = watermark?.uidValidity === uidValidity ? watermark.lastUid : Number.POSITIVE_INFINITY;
  const toldUid = digestWatermark?.uidValidity === uidValidity ? digestWatermark.lastUid : undefined;
  const findings = lastAudit && lastAudit.at >= lastDigestAt ? lastAudit.findings : [];
  const missing = new Set(findings.flatMap(({ kind, mailId }) => (kind === 'missing' ? [mailId] : [])));
  return ({ mailId, uid, acceptedAt }) => {
    // What a poll accepted, it had passed no earlier: in the very moment in which that was read, it is no longer new.
    const isNew = acceptedAt > lastDigestAt;
    // A poll is taking it in right now; the next digest counts it.
    if (uid > passedUid) return 'not passed yet';
    // Polls have been past this uid before, so only the audit can have accepted the mail since.
    if (toldUid !== undefined && uid <= toldUid) return isNew && acceptedAt <= readAt ? 'recovered' : 'told';
    // Under new uids stands also what the last digest has counted under the old ones, but nothing that was accepted since
    // the change: even where that happened while the last digest read, it did not know these uids.
    const isSinceChange = watermark?.uidValidity === uidValidity && acceptedAt >= watermark.baselineAt;
    if (toldUid === undefined && !isNew && !isSinceChange) return 'told';
    return missing.has(mailId) ? 'recovered' : 'passed';
  };
}
