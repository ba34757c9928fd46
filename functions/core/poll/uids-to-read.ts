import type { ListedMail } from '../mail/mail-reader.ts';
import { MailboxFailure } from '../mail/mailbox-failure.ts';
import type { Ledger } from '../records/ledger.ts';
import type { LedgerIndexEntry } from '../records/ledger-entry.ts';
import { isFromBeforeAccounting, voidBefore, type Watermark } from '../records/watermark.ts';
import { compare, type Listing, listingOf } from './listing.ts';
import { LOOK_BACK_UIDS } from './poll-limits.ts';
import {
  carryOverLate,
  firstWatermark,
  type MailboxStatus,
  type PollStart,
  rescan,
  restartVoid,
  type WatermarkServices,
} from './watermark-start.ts';

export type ToRead = {
  /** The watermark to move: the stored one, or a new one. */
  watermark: Watermark;
  /** All uids above it, ascending, after those below it that became visible late; empty if nothing is new. */
  uids: readonly number[];
  /** What an earlier poll accepted above the watermark and failed to hand over. It may be expunged by now. */
  left: readonly LedgerIndexEntry[];
  listing: Listing;
};

type Services = WatermarkServices & { ledger: Pick<Ledger, 'entriesAboveUid'> };

/**
 * What this poll has to read. The stored watermark is valid as long as the server's uids are. If they are void, the
 * settings give the mailbox a former name, or a person requests it, polls begin again further back.
 */
export async function uidsToRead(start: PollStart, services: Services): Promise<ToRead> {
  const { polled, status, session } = start;
  const health = await services.watermarks.get(polled.mailbox);
  if (!health?.watermark) return await above(await firstWatermark(start, services), start, services);
  const { watermark: stored, rescanSince } = health;
  const known = { ...health, watermark: stored };
  const carriedOver = await carryOverLate(known, start, services);
  if (carriedOver) return await above(carriedOver, start, services);
  if (stored.uidValidity !== status.uidValidity) {
    return await above(await restartVoid('renumbered', known, start, services), start, services);
  }
  if (rescanSince) return await above(await rescan(known, rescanSince, start, services), start, services);
  if (status.uidNext > stored.lastUid) {
    const toRead = await above(stored, start, services);
    if (!toRead.isRenumbered) return toRead;
    return await above(await restartVoid('uids reused', known, start, services), start, services);
  }

  // UIDNEXT never decreases (RFC 3501, 2.3.1.1), but here it is at or below a uid that was handed over: either the
  // mailbox was restored from a backup and reuses its uids, or the answer is old. The email at those uids shows which.
  const listed = await session.list(stored.lastUid - 1);
  if (listed.length > 0) {
    const uids = listed.map(({ uid }) => uid).filter((uid) => uid > stored.lastUid);
    return { watermark: stored, uids, left: [], listing: listingOf(listed, stored.lastUid - 1) };
  }
  return await above(await restartVoid('uids reused', known, start, services), start, services);
}

async function above(
  watermark: Watermark,
  { status, session }: PollStart,
  { ledger, clock }: Services,
): Promise<ToRead & { isRenumbered: boolean }> {
  const { mailbox, uidValidity, lastUid, baselineUid } = watermark;
  refuseOtherNumbering(watermark, status);
  const fromUid = Math.max(lastUid - LOOK_BACK_UIDS, Math.min(baselineUid, lastUid));
  if (status.uidNext <= lastUid + 1) {
    return { watermark, uids: [], left: [], listing: listingOf([], lastUid), isRenumbered: false };
  }
  const listing = listingOf(await session.list(fromUid), fromUid);
  const lines = ledger.entriesAboveUid(mailbox, uidValidity, fromUid);
  const { missing, left, isRenumbered } = await compare(listing, lines, voidBefore(watermark));
  const isAccountable = ({ uid, receivedAt = clock.now() }: ListedMail) =>
    !isFromBeforeAccounting({ location: { uid }, receivedAt }, watermark);
  const late = missing.filter((mail) => mail.uid <= lastUid && isAccountable(mail));
  const above = listing.mails.filter(({ uid }) => uid > lastUid);
  return {
    watermark,
    uids: [...late, ...above].map(({ uid }) => uid),
    left: left.filter(({ uid }) => uid > lastUid),
    listing,
    isRenumbered,
  };
}

function refuseOtherNumbering({ mailbox, uidValidity }: Watermark, status: MailboxStatus): void {
  if (uidValidity === status.uidValidity) return;
  throw new MailboxFailure(
    'uidValidity changed',
    `${mailbox}: UIDVALIDITY is ${status.uidValidity}, and another poll has just met ${uidValidity}. The next poll decides`,
  );
}
