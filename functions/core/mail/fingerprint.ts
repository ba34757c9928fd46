/**
 * INTERNALDATE and RFC822.SIZE of a uid never change (RFC 3501, 2.3.3 and 2.3.4). If they do, the uid is now another
 * email's: the server has renumbered its mailbox and kept UIDVALIDITY, as bridges and restored backups do.
 *
 * @param internalDate an invalid date counts as missing
 * @param size RFC822.SIZE in bytes
 * @returns undefined if the server does not send both; emails cannot be compared then
 */
export function fingerprintOf(internalDate: Date | undefined, size: number | undefined): string | undefined {
  const ms = internalDate?.getTime() ?? Number.NaN;
  return Number.isNaN(ms) || size === undefined ? undefined : `${Math.floor(ms / 1_000)}/${size}`;
}
