import { expect, it } from 'vitest';
import { type Attempts, pagesOf } from '../../../functions/adapters/imap/pages.ts';
import { MailboxFailure } from '../../../functions/core/mail/mailbox-failure.ts';
import { withheldMail } from '../../../functions/core/mail/withheld-mail.ts';
import { mailOf } from '../../core/mail/mail-of.ts';

const REFUSED = new MailboxFailure('refused', 'System Error');

/** A server that refuses uid 9; of the other uids, these can be read, and the rest is expunged. */
function attemptsWhere(readable: readonly number[]): Attempts {
  return {
    attempt: async (uids) =>
      uids.includes(9)
        ? { mails: [], failure: REFUSED }
        : { mails: uids.filter((uid) => readable.includes(uid)).map((uid) => mailOf(uid, '1')), failure: undefined },
    others: async () => [3, 2, 1],
    withheld: async (uid, { said }) =>
      withheldMail({ mailbox: 'support/INBOX', uidValidity: '1', uid }, new Date(), said),
  };
}

async function read(attempts: Attempts) {
  const pages = [];
  for await (const page of pagesOf([9], 500, attempts)) pages.push(page);
  return pages;
}

it('an email that can be read tells that the server reads', async () => {
  expect(await read(attemptsWhere([2]))).toMatchObject([{ uids: [9], mails: [{ fingerprint: 'withheld' }] }]);
});

it('one that is expunged meanwhile tells nothing: where no other can be read, the poll fails', async () => {
  await expect(read(attemptsWhere([]))).rejects.toBe(REFUSED);
});
