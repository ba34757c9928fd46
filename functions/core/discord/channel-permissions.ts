/** Permissions are bit sets: https://docs.discord.com/developers/topics/permissions */
type PermissionBits = bigint;

type Overwrite = { id: string; allow: PermissionBits; deny: PermissionBits };

/** What determines the permissions of a bot in a channel. */
export type ChannelAccess = {
  botId: string;
  /** Ids of the bot's roles, without @everyone. */
  botRoles: readonly string[];
  /** Also the id of the role @everyone. */
  guildId: string;
  /** All roles of the guild. */
  roles: readonly { id: string; permissions: PermissionBits }[];
  /** Of the channel, or of a thread's channel. */
  overwrites: readonly Overwrite[];
  isThread: boolean;
  /** Posting into a locked thread requires the permission to manage threads. */
  isLocked: boolean;
};

const ADMINISTRATOR = 1n << 3n;
const VIEW_CHANNEL = { name: 'View Channel', bit: 1n << 10n };
const SEND_MESSAGES = { name: 'Send Messages', bit: 1n << 11n };
const SEND_MESSAGES_IN_THREADS = { name: 'Send Messages in Threads', bit: 1n << 38n };
const MANAGE_THREADS = { name: 'Manage Threads', bit: 1n << 34n };
const EMBED_LINKS = { name: 'Embed Links', bit: 1n << 14n };

/** The permissions that a post needs and the bot lacks there, as named in Discord's own settings. */
export function missingPermissions(access: ChannelAccess): string[] {
  const held = permissionsIn(access);
  const needed = [
    VIEW_CHANNEL,
    access.isThread ? SEND_MESSAGES_IN_THREADS : SEND_MESSAGES,
    EMBED_LINKS,
    ...(access.isLocked ? [MANAGE_THREADS] : []),
  ];
  return needed.filter(({ bit }) => (held & bit) === 0n).map(({ name }) => name);
}

/**
 * In the order of https://docs.discord.com/developers/topics/permissions#permission-overwrites; a bot never owns a
 * guild.
 */
function permissionsIn({ botId, botRoles, guildId, roles, overwrites }: ChannelAccess): PermissionBits {
  const base = union(roles.filter(({ id }) => id === guildId || botRoles.includes(id)).map((role) => role.permissions));
  if (base & ADMINISTRATOR) return ~0n;
  const levels = [
    overwrites.filter(({ id }) => id === guildId),
    overwrites.filter(({ id }) => botRoles.includes(id)),
    overwrites.filter(({ id }) => id === botId),
  ];
  return levels.reduce(
    (held, level) => (held & ~union(level.map(({ deny }) => deny))) | union(level.map(({ allow }) => allow)),
    base,
  );
}

function union(permissions: readonly PermissionBits[]): PermissionBits {
  return permissions.reduce((all, some) => all | some, 0n);
}
