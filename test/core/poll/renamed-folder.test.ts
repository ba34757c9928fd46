import { describe, expect, it } from 'vitest';
import { type ExistingFolder, MailboxFailure } from '../../../functions/core/mail/mailbox-failure.ts';
import { withProbableName } from '../../../functions/core/poll/renamed-folder.ts';
import type { PolledMailbox } from '../../../functions/core/settings/polled-mailbox.ts';

const WATERMARK = { uidValidity: '1000', lastUid: 41 };

/** The mailbox `support/Orders`, whose folder is gone, of an account that polls INBOX as well. */
const polled = {
  mailbox: 'support/Orders',
  folder: 'Orders',
  formerly: [],
  account: { account: 'support', folders: [{ name: 'INBOX' }, { name: 'Orders', formerly: ['Bestellungen'] }] },
} as unknown as PolledMailbox;

function explained(...existingFolders: ExistingFolder[]): string {
  const failure = new MailboxFailure('folder', 'The server has no Orders.', { existingFolders });
  return withProbableName(failure, polled, WATERMARK).message;
}

const RENAMED = { name: 'Orders 2026', uidValidity: '1000', uidNext: 42 };

describe('a folder that is gone', () => {
  it('is probably the one that has its UIDVALIDITY and its uids, with all its earlier names', () => {
    expect(explained({ name: 'Archive', uidValidity: '7', uidNext: 900 }, RENAMED)).toContain(
      "replace 'Orders' with { name: 'Orders 2026', formerly: ['Bestellungen', 'Orders'] }",
    );
  });

  it.each([
    ['one that is polled already', { ...RENAMED, name: 'INBOX' }],
    ['one of another UIDVALIDITY', { ...RENAMED, uidValidity: '1001' }],
    ['one that has not given out its last uid', { ...RENAMED, uidNext: 41 }],
    ['one whose uids are not known', { ...RENAMED, uidNext: undefined }],
  ])('is not %s', (_what, folder) => {
    expect(explained(folder)).toBe('The server has no Orders.');
  });

  it('is not one of two that could both be it', () => {
    expect(explained(RENAMED, { ...RENAMED, name: 'Orders 2025' })).toBe('The server has no Orders.');
  });
});
