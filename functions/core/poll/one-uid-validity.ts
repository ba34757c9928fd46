import type { Mail } from '../mail/mail.ts';
import { MailboxFailure } from '../mail/mailbox-failure.ts';

/**
 * Uids belong to one uidValidity. Under another one they mean other email, and a watermark based on them would pass
 * email that was never read.
 *
 * @throws MailboxFailure
 */
export function refuseOtherUidValidity(
  page: readonly Mail[],
  { mailbox, uidValidity }: { mailbox: string; uidValidity: string },
): void {
  const other = page.find(({ location }) => location.uidValidity !== uidValidity)?.location;
  if (!other) return;
  throw new MailboxFailure(
    'uidValidity changed',
    `${mailbox}: uid ${other.uid} was read under UIDVALIDITY ${other.uidValidity}, and it was chosen under ` +
      `${uidValidity}. The next poll reads the email again`,
  );
}
