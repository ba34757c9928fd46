import { chownSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './installation.ts';

export type DeliveredMail = {
  raw: Buffer | string;
  /** What IMAP shows as INTERNALDATE; now where it is missing. */
  receivedAt?: Date;
  flags?: readonly MaildirFlag[];
};

type MaildirFlag = keyof typeof letterOf;

/** https://cr.yp.to/proto/maildir.html: the letters stand in ASCII order. */
const letterOf = {
  '\\Draft': 'D',
  '\\Flagged': 'F',
  '\\Answered': 'R',
  '\\Seen': 'S',
  '\\Deleted': 'T',
} as const;

/** The directory of a folder in the Maildir++ layout: INBOX is the top, `Archive/2026` is `.Archive.2026`. */
export function directoryOf(maildir: string, folder: string): string {
  return folder === 'INBOX' ? maildir : join(maildir, `.${folder.replaceAll('/', '.')}`);
}

/** Dovecot numbers new files by the number that their names begin with, so `firstNumber` keeps the order of delivery. */
export function writeMails(
  directory: string,
  mails: readonly DeliveredMail[],
  { firstNumber, owner }: { firstNumber: number; owner: Account },
): void {
  for (const part of ['', 'tmp', 'new', 'cur']) ownDirectory(join(directory, part), owner);
  mails.forEach((mail, index) => {
    const name = `${firstNumber + index}.rollcall`;
    const written = join(directory, 'tmp', name);
    writeFileSync(written, mail.raw);
    if (mail.receivedAt) utimesSync(written, mail.receivedAt, mail.receivedAt);
    renameSync(
      written,
      mail.flags ? join(directory, 'cur', `${name}:2,${letters(mail.flags)}`) : join(directory, 'new', name),
    );
  });
}

/** Removes everything by which Dovecot remembers uids, so that it gives the folder's email new numbers. */
export function forgetUids(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith('dovecot-uidlist') || name.startsWith('dovecot.index')) rmSync(join(directory, name));
  }
}

function ownDirectory(directory: string, owner: Account): void {
  if (mkdirSync(directory, { recursive: true })) chownSync(directory, owner.uid, owner.gid);
}

function letters(flags: readonly MaildirFlag[]): string {
  return flags
    .map((flag) => letterOf[flag])
    .sort()
    .join('');
}
