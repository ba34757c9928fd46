/**
 * https://docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags, limited to those that
 * posts need.
 */
const BITS = {
  ADMINISTRATOR: 1n << 3n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  EMBED_LINKS: 1n << 14n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
} as const;

export type PermissionName = keyof typeof BITS;

const EVERY_PERMISSION = Object.keys(BITS) as PermissionName[];

export type Role = { id: string; permissions: readonly PermissionName[] };

/** The changes of a channel for one role, or for one member. */
export type Overwrite = {
  id: string;
  kind: 'role' | 'member';
  allow: readonly PermissionName[];
  deny: readonly PermissionName[];
};

type Member = { id: string; roles: readonly string[] };

/** Discord's bit set, in the format of its API. */
export function bitsOf(names: readonly PermissionName[]): string {
  return String(names.reduce((bits, name) => bits | BITS[name], 0n));
}

/**
 * The permissions of a member in a channel, computed in the documented steps:
 * https://docs.discord.com/developers/topics/permissions#permission-overwrites
 *
 * @param guildId also the id of the role @everyone
 */
export function permissionsIn(
  { guildId, roles, overwrites }: { guildId: string; roles: readonly Role[]; overwrites: readonly Overwrite[] },
  member: Member,
): ReadonlySet<PermissionName> {
  const isMine = (roleId: string) => member.roles.includes(roleId);
  const held = new Set<PermissionName>();
  for (const { id, permissions } of roles) {
    if (id === guildId || isMine(id)) for (const name of permissions) held.add(name);
  }
  if (held.has('ADMINISTRATOR')) return new Set(EVERY_PERMISSION);

  const change = (some: readonly Overwrite[]) => {
    for (const { deny } of some) for (const name of deny) held.delete(name);
    for (const { allow } of some) for (const name of allow) held.add(name);
  };
  const ofRoles = overwrites.filter(({ kind }) => kind === 'role');
  change(ofRoles.filter(({ id }) => id === guildId));
  change(ofRoles.filter(({ id }) => id !== guildId && isMine(id)));
  change(overwrites.filter(({ kind, id }) => kind === 'member' && id === member.id));
  return held;
}
