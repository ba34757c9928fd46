import { accountOf } from '../mail/mail.ts';
import type { MailboxSettings, Settings } from './settings-schema.ts';

/** One folder of one account. */
export type PolledMailbox = {
  /** `support/INBOX` */
  mailbox: string;
  account: MailboxSettings;
  folder: string;
  /** Its former names, by `formerly` of its folder and its account. */
  formerly: readonly string[];
};

/** All mailboxes of the settings: every folder of every account. */
export function polledMailboxes({ mailboxes }: Pick<Settings, 'mailboxes'>): PolledMailbox[] {
  return mailboxes.flatMap((account) =>
    account.folders.map(({ name, formerly }) => ({
      mailbox: `${account.account}/${name}`,
      account,
      folder: name,
      formerly: formerNames(account, [...formerly, name]),
    })),
  );
}

/** Every combination of the names that account and folder have had, except the current one. */
function formerNames({ account, formerly }: MailboxSettings, folders: readonly string[]): string[] {
  const names = [...formerly, account].flatMap((id) => folders.map((folder) => `${id}/${folder}`));
  return names.slice(0, -1);
}

/** @throws Error if the settings do not have it: its schedule is left over from an earlier deployment */
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
