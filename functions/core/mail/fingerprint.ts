/**
 * INTERNALDATE and RFC822.SIZE of a uid never change (RFC 3501, 2.3.3 and 2.3.4). Where they do, the uid stands for
 * another email: the server has renumbered its mailbox and kept UIDVALIDITY, as bridges and restored backups do.
 *
 * @param internalDate what is no date is as good as none
 * @param size RFC822.SIZE in bytes
 * @returns undefined where the server does not tell both; nothing can be compared then
 */
export function fingerprintOf(internalDate: Date | undefined, size: number | undefined): string | undefined {
  const ms = internalDate?.getTime() ?? Number.NaN;
  return Number.isNaN(ms) || size === undefined ? undefined : `${Math.floor(ms / 1_000)}/${size}`;
}
