import { accountOf } from '../mail/mail.ts';
import type { MailboxSettings, Settings } from './settings-schema.ts';

/** One folder of one account. */
export type PolledMailbox = {
  /** `support/INBOX` */
  mailbox: string;
  account: MailboxSettings;
  folder: string;
};

/** All mailboxes of the settings: every folder of every account. */
export function polledMailboxes({ mailboxes }: Pick<Settings, 'mailboxes'>): PolledMailbox[] {
  return mailboxes.flatMap((account) =>
    account.folders.map((folder) => ({ mailbox: `${account.account}/${folder}`, account, folder })),
  );
}

/** @throws Error where the settings do not have it: a schedule that a deployment left behind. */
export function polledMailboxNamed(mailbox: string, settings: Pick<Settings, 'mailboxes'>): PolledMailbox {
  const all = polledMailboxes(settings);
  const found = all.find((polled) => polled.mailbox === mailbox);
  if (found) return found;
  const names = all.map((polled) => polled.mailbox).join(', ');
  throw new Error(
    `There is no mailbox ${mailbox} in the settings. Deploy again to remove its schedule. There are: ${names}.`,
  );
}

/** The receiver's own name in Authentication-Results, by mailbox. */
export function authservIdsOf({ mailboxes }: Pick<Settings, 'mailboxes'>): (mailbox: string) => string | undefined {
  const byAccount = new Map(mailboxes.map(({ account, authservId }) => [account, authservId]));
  return (mailbox) => byAccount.get(accountOf(mailbox));
}
