import { recoveriesSince } from '../audit/audit-limits.ts';
import type { LedgerLine } from '../ledger/ledger-entry.ts';
import {
  isReported,
  isSameNumbering,
  type MailboxHealth,
  type Numbering,
  unreportedRestarts,
  type Watermark,
} from '../poll/watermark.ts';
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

/**
 * Reads one mailbox's facts. Where the ledger shows fewer mails than polls have passed, it is asked once more: its index
 * lags behind, or polls have begun again meanwhile and have relocated some, and then the watermark is read again as well.
 */
export async function readMailboxFacts(
  mailbox: DigestMailbox,
  { watermarks, ledger, clock }: { watermarks: Pick<Watermarks, 'get'>; ledger: IndexedLedger; clock: Clock },
): Promise<MailboxFacts> {
  const readHealth = async () => ({ health: await watermarks.get(mailbox.mailbox), readAt: clock.now() });
  const factsAt = async ({ health, readAt }: Awaited<ReturnType<typeof readHealth>>) => {
    const seen = seenSinceDigest(health);
    return { ...mailbox, health, readAt, seen, ...(await readLines(health, ledger, readAt)) };
  };
  const first = await readHealth();
  const facts = await factsAt(first);
  if (facts.lines.length + facts.recovered.length >= sumOf(facts.seen.values())) return facts;
  await clock.wait(INDEX_LAG_MS);
  const second = await readHealth();
  const hasBegunAgain = second.health?.watermark && !isReported(second.health.watermark, first.health?.watermark);
  return await factsAt(hasBegunAgain ? second : first);
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
async function readLines(health: MailboxHealth | undefined, ledger: IndexedLedger, readAt: Date) {
  const lines: LedgerLine[] = [];
  const recovered: LedgerLine[] = [];
  // Email that is relocated meanwhile is in two of them.
  const placed = new Set<string>();
  for (const numbering of numberingsOf(health)) {
    const sort = sorting(numbering, health, readAt);
    const { mailbox, uidValidity } = numbering;
    for await (const line of ledger.linesAbove(mailbox, uidValidity, toldBelow(numbering, health))) {
      if (placed.has(line.mailId)) continue;
      placed.add(line.mailId);
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
function toldBelow(numbering: Numbering, health: Partial<MailboxHealth> = {}): number {
  const { digestWatermark, lastDigestAt, recovery } = health;
  if (!digestWatermark || !isSameNumbering(digestWatermark, numbering) || isRestartedUnder(numbering, health)) return 0;
  const { lastUid } = digestWatermark;
  const isNew = recovery?.uidValidity === numbering.uidValidity && recovery.at > recoveriesSince(lastDigestAt);
  return isNew ? Math.min(lastUid, recovery.fromUid - 1) : lastUid;
}

/** Polls have begun again under it since the last digest, so that they may have taken email in below the uids that it knew. */
function isRestartedUnder(numbering: Numbering, { watermark, digestWatermark }: Partial<MailboxHealth>): boolean {
  if (!watermark?.restart || isReported(watermark, digestWatermark)) return false;
  // A rescan, and then the numbers changed as well.
  const isRescanned = unreportedRestarts(watermark, digestWatermark).some(({ reason }) => reason === 'rescan');
  return isRescanned || isSameNumbering(watermark, numbering);
}

/**
 * Those under which mail can have been counted since the last digest: older ones where they have changed since, and one
 * that an audit has met before any poll.
 */
function numberingsOf(health: Partial<MailboxHealth> = {}): Numbering[] {
  const { watermark, digestWatermark, recovery, lastDigestAt } = health;
  const before = watermark ? unreportedRestarts(watermark, digestWatermark) : [];
  const isAudited = watermark && recovery && recovery.at > recoveriesSince(lastDigestAt);
  const byAudit = isAudited ? { mailbox: watermark.mailbox, uidValidity: recovery.uidValidity } : undefined;
  const all = [watermark, ...(before.length > 0 ? [digestWatermark] : []), ...before, byAudit];
  const known = all.filter((numbering) => numbering !== undefined);
  return known.filter((numbering, index) => known.findIndex((one) => isSameNumbering(one, numbering)) === index);
}

type Place = 'passed' | 'recovered' | 'told' | 'not passed yet';

/** Says what a line of this numbering is to the digest that read the mailbox's health at `readAt`. */
function sorting(numbering: Numbering, health: Partial<MailboxHealth> = {}, readAt: Date): (line: LedgerLine) => Place {
  const { watermark, digestWatermark, lastDigestAt = new Date(0), lastAudit } = health;
  const current = watermark && isSameNumbering(watermark, numbering) ? watermark : undefined;
  const toldUid = digestWatermark && isSameNumbering(digestWatermark, numbering) ? digestWatermark.lastUid : undefined;
  const isRestarted = isRestartedUnder(numbering, health);
  const changedAt = firstChangeSinceDigest(health);
  const findings = lastAudit && lastAudit.at >= lastDigestAt ? lastAudit.findings : [];
  const missing = new Set(findings.flatMap(({ kind, mailId }) => (kind === 'missing' ? [mailId] : [])));

  /** Of a line at a uid that the last digest knew as passed. */
  const placeBelowTold = (mailId: string, isNew: boolean): Place => {
    if (!isNew) return 'told';
    // Polls have been past this uid before, so only the audit can have accepted the mail since, unless they began again.
    return isRestarted && !missing.has(mailId) ? 'passed' : 'recovered';
  };
  /** Where uids say nothing of what the last digest knew, what it had counted and what is from before polls began again was told. */
  const timeDecides = toldUid === undefined || (current?.restart !== undefined && !isRestarted);
  const beganAgainBefore = toldUid === undefined ? undefined : restartKnownTo(digestWatermark);

  const countedUntil = digestWatermark?.countedUntil;
  const isCounted = (acceptedAt: Date): boolean => {
    if (countedUntil) return acceptedAt <= countedUntil;
    // Even where that happened while the last digest read: it did not know the numbers of after the change.
    return acceptedAt <= lastDigestAt && acceptedAt < changedAt;
  };

  /** A poll is taking it in right now; the next digest counts it. */
  const isTakenInNow = (uid: number, acceptedAt: Date): boolean => {
    // What an earlier one took in under the same numbers was counted when polls began again.
    if (current) return uid > current.lastUid && acceptedAt >= current.baselineAt;
    // Under other numbers than the watermark had when it was read, only a poll takes email in that has begun again since.
    return acceptedAt >= readAt;
  };

  return ({ mailId, uid, acceptedAt }) => {
    // What a poll accepted, it had passed no earlier: in the very moment in which that was read, it is no longer new.
    const isNew = acceptedAt > lastDigestAt;
    if (isTakenInNow(uid, acceptedAt)) return 'not passed yet';
    if (toldUid !== undefined && uid <= toldUid) return placeBelowTold(mailId, isNew && acceptedAt <= readAt);
    // It was counted when polls began again, which the last digest knew.
    if (beganAgainBefore && acceptedAt < beganAgainBefore) return 'told';
    if (timeDecides && isCounted(acceptedAt)) return 'told';
    return missing.has(mailId) ? 'recovered' : 'passed';
  };
}

/** When polls had begun again last, as this digest knew; undefined where they had not. */
function restartKnownTo(digestWatermark: Watermark | undefined): Date | undefined {
  return digestWatermark?.restart && digestWatermark.baselineAt;
}

/** When polls began again for the first time since the last digest; where it knew of all that, when they began last. */
function firstChangeSinceDigest({ watermark, digestWatermark }: Partial<MailboxHealth>): Date {
  if (!watermark) return new Date(0);
  const [first] = unreportedRestarts(watermark, digestWatermark);
  return first?.at ?? watermark.baselineAt;
}
