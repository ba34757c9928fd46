import type { MailSession } from '../mail/mail-reader.ts';
import { MailboxFailure } from '../mail/mailbox-failure.ts';
import type { Watermark } from '../records/watermark.ts';
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
  /** All uids above it, ascending; none where nothing is new. */
  uids: readonly number[];
};

/**
 * What this poll has to read. The stored watermark holds as long as the server's uids do; where they are void, where the
 * settings say that the mailbox had another name, and where a person asks for it, polls begin again further back.
 */
export async function uidsToRead(start: PollStart, services: WatermarkServices): Promise<ToRead> {
  const { polled, status, session } = start;
  const health = await services.watermarks.get(polled.mailbox);
  if (!health?.watermark) return await above(await firstWatermark(start, services), status, session);
  const { watermark: stored, rescanSince } = health;
  const known = { ...health, watermark: stored };
  const carriedOver = await carryOverLate(known, start, services);
  if (carriedOver) return await above(carriedOver, status, session);
  if (stored.uidValidity !== status.uidValidity) {
    return await above(await restartVoid('renumbered', known, start, services), status, session);
  }
  if (rescanSince) return await above(await rescan(known, rescanSince, start, services), status, session);
  if (status.uidNext > stored.lastUid) return await above(stored, status, session);

  // UIDNEXT never goes back (RFC 3501, 2.3.1.1), and here it stands at or below a uid that was handed over: the mailbox
  // was restored from a backup and gives its uids a second time, or the answer is old. Mail at those uids tells which.
  const uids = await session.uidsAbove(stored.lastUid - 1);
  if (uids.length > 0) return { watermark: stored, uids: uids.filter((uid) => uid > stored.lastUid) };
  return await above(await restartVoid('uids reused', known, start, services), status, session);
}

async function above(watermark: Watermark, status: MailboxStatus, session: MailSession): Promise<ToRead> {
  const { mailbox, uidValidity, lastUid } = watermark;
  if (uidValidity !== status.uidValidity) {
    throw new MailboxFailure(
      'uidValidity changed',
      `${mailbox}: UIDVALIDITY is ${status.uidValidity}, and another poll has just met ${uidValidity}. The next poll decides`,
    );
  }
  const nothingNew = status.uidNext <= lastUid + 1;
  return { watermark, uids: nothingNew ? [] : await session.uidsAbove(lastUid) };
}
