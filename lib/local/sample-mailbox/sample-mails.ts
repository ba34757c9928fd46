import { HOUR_MS } from '../../../functions/core/time.ts';
import { brokenMails } from './broken.ts';
import { bulkMails } from './bulk.ts';
import { customerMails } from './customers.ts';
import { hostileMails } from './hostile.ts';
import { oddlyEncodedMails } from './odd-encodings.ts';
import type { SampleMail } from './sample-mail.ts';
import { stripeMails } from './stripe.ts';
import { vipMails } from './vips.ts';

/**
 * An inbox like that of the incident: about forty emails of the last day and a half, oldest first. The same `now` gives
 * the same bytes.
 */
export async function sampleMails(now: Date): Promise<readonly SampleMail[]> {
  const drafts = [
    ...stripeMails,
    ...vipMails,
    ...customerMails,
    ...bulkMails,
    ...oddlyEncodedMails,
    ...brokenMails,
    ...hostileMails,
  ].sort((one, other) => other.hoursAgo - one.hoursAgo);
  return await Promise.all(
    drafts.map(async ({ name, hoursAgo, expectedRoute, expected, write }) => {
      const receivedAt = new Date(now.getTime() - hoursAgo * HOUR_MS);
      return { name, raw: await write(receivedAt), receivedAt, expectedRoute, expected };
    }),
  );
}
