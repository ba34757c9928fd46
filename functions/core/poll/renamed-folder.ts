import { MailboxFailure } from '../mail/mailbox-failure.ts';
import type { Watermark } from '../records/watermark.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';

/**
 * A folder that no longer exists may have been renamed. Servers keep UIDVALIDITY and uids when they rename (RFC 3501,
 * 6.3.5), so the only unpolled folder that has both is probably it.
 *
 * @returns the failure, beginning with the line to write into the settings; unchanged if no folder matches
 */
export function withProbableName(
  failure: MailboxFailure,
  { mailbox, folder, account }: PolledMailbox,
  { uidValidity, lastUid }: Pick<Watermark, 'uidValidity' | 'lastUid'>,
): MailboxFailure {
  const polled = new Set(account.folders.map(({ name }) => name));
  const [candidate, ...others] = failure.existingFolders.filter(
    ({ name, ...numbers }) =>
      !polled.has(name) && numbers.uidValidity === uidValidity && (numbers.uidNext ?? 0) > lastUid,
  );
  if (!candidate || others.length > 0) return failure;
  const names = [...(account.folders.find(({ name }) => name === folder)?.formerly ?? []), folder].map(quoted);
  const formerly = names.length > 1 ? `[${names.join(', ')}]` : names.join();
  const { existingFolders } = failure;
  return new MailboxFailure(
    failure.kind,
    `${mailbox}: the folder does not exist any more. It was probably renamed: ${candidate.name} has its UIDVALIDITY. In the ` +
      `settings, replace ${quoted(folder)} with { name: ${quoted(candidate.name)}, formerly: ${formerly} } and deploy; ` +
      `email that came in between is then taken in. ${failure.message}`,
    { cause: failure, existingFolders },
  );
}

function quoted(name: string): string {
  return `'${name.replaceAll(/[\\']/g, '\\$&')}'`;
}
