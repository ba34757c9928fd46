import { bitsOf, type Overwrite, type PermissionName, permissionsIn, type Role } from './permissions.ts';

type StandInChannel = {
  id: string;
  /** A thread names the channel it belongs to. */
  parentId?: string;
  /** Shorthand for what the bot itself is denied; by default `post`. A thread has the access of its channel. */
  access?: Access;
  /** Further overwrites of the channel. */
  overwrites?: readonly Overwrite[];
};

/** `none`: the bot cannot see it (50001). `view`: the bot can see it but not post; `no embeds`: only text (50013). */
export type Access = 'none' | 'view' | 'no embeds' | 'post';

const DENIED: Readonly<Record<Access, readonly PermissionName[]>> = {
  none: ['VIEW_CHANNEL'],
  view: ['SEND_MESSAGES', 'SEND_MESSAGES_IN_THREADS'],
  'no embeds': ['EMBED_LINKS'],
  post: [],
};

export const ACCESSES = Object.keys(DENIED) as [Access, ...Access[]];

export const GUILD_ID = '500';
export const BOT_ID = '700';

/** The default of a server: everyone may post everywhere. */
const EVERYONE: Role = {
  id: GUILD_ID,
  permissions: ['VIEW_CHANNEL', 'SEND_MESSAGES', 'EMBED_LINKS', 'SEND_MESSAGES_IN_THREADS'],
};

export type GuildOptions = {
  channels: readonly StandInChannel[];
  /** Including @everyone, whose id is that of the guild. By default only @everyone, who may post everywhere. */
  roles?: readonly Role[];
  /** Ids of the roles of the bot. */
  botRoles?: readonly string[];
};

/** The stand-in's one server, with its roles and channels, and the bot as its member. */
export type Guild = {
  channel(id: string): StandInChannel | undefined;
  /** The bot's permissions there. */
  botPermissions(channel: StandInChannel): ReadonlySet<PermissionName>;
  /** Changes what the bot is denied in a channel from now on; false if there is no such channel, or it is a thread. */
  setAccess(channelId: string, access: Access): boolean;
  /** Discord's own objects. */
  channelObject(channel: StandInChannel): object;
  rolesObject(): object;
  memberObject(): object;
};

export function standInGuild({ channels, roles = [EVERYONE], botRoles = [] }: GuildOptions): Guild {
  const accesses = new Map(channels.map(({ id, access = 'post' }) => [id, access]));
  const channel = (id: string) => channels.find((one) => one.id === id);

  function overwritesOf({ id, overwrites = [] }: StandInChannel): Overwrite[] {
    const deny = DENIED[accesses.get(id) ?? 'post'];
    const own: Overwrite[] = deny.length > 0 ? [{ id: BOT_ID, kind: 'member', allow: [], deny }] : [];
    return [...overwrites, ...own];
  }

  return {
    channel,
    botPermissions(of) {
      // A thread has the permissions of its channel.
      const owner = of.parentId ? channel(of.parentId) : of;
      const overwrites = owner ? overwritesOf(owner) : [];
      return permissionsIn({ guildId: GUILD_ID, roles, overwrites }, { id: BOT_ID, roles: botRoles });
    },
    setAccess(channelId, access) {
      const found = channel(channelId);
      if (!found || found.parentId) return false;
      accesses.set(channelId, access);
      return true;
    },
    channelObject: (of) => ({
      id: of.id,
      // A public thread, or a text channel.
      type: of.parentId ? 11 : 0,
      guild_id: GUILD_ID,
      name: `channel-${of.id}`,
      parent_id: of.parentId ?? null,
      permission_overwrites: of.parentId
        ? []
        : overwritesOf(of).map(({ id, kind, allow, deny }) => ({
            id,
            type: kind === 'role' ? 0 : 1,
            allow: bitsOf(allow),
            deny: bitsOf(deny),
          })),
    }),
    rolesObject: () =>
      roles.map(({ id, permissions }) => ({ id, name: `role-${id}`, permissions: bitsOf(permissions) })),
    memberObject: () => ({ user: { id: BOT_ID, bot: true }, roles: botRoles }),
  };
}
