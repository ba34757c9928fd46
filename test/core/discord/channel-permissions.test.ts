import { describe, expect, it } from 'vitest';
import { type ChannelAccess, missingPermissions } from '../../../functions/core/discord/channel-permissions.ts';

const VIEW = 1n << 10n;
const SEND = 1n << 11n;
const EMBED = 1n << 14n;
const SEND_IN_THREADS = 1n << 38n;
const ALL = VIEW | SEND | EMBED;

/** A bot with one role, in a guild whose id is also the id of @everyone. */
const standing = (changes: Partial<ChannelAccess> = {}): ChannelAccess => ({
  botId: 'bot',
  botRoles: ['alerts'],
  guildId: 'guild',
  roles: [
    { id: 'guild', permissions: VIEW },
    { id: 'alerts', permissions: SEND | EMBED },
    { id: 'not ours', permissions: 0n },
  ],
  overwrites: [],
  isThread: false,
  isLocked: false,
  ...changes,
});

const overwrite = (id: string, allow: bigint, deny: bigint) => ({ id, allow, deny });

describe('what a bot lacks in a channel', () => {
  it.each<[string, string[], Partial<ChannelAccess>]>([
    ['nothing, by its own role and @everyone', [], {}],
    ['what no role of it gives', ['Send Messages', 'Embed Links'], { botRoles: [] }],
    [
      'what only the role of others gives',
      ['Embed Links'],
      {
        roles: [
          { id: 'guild', permissions: VIEW | SEND },
          { id: 'not ours', permissions: EMBED },
        ],
      },
    ],
    ['what the channel denies to @everyone', ['Send Messages'], { overwrites: [overwrite('guild', 0n, SEND)] }],
    [
      'nothing, where its role is allowed what @everyone is denied',
      [],
      {
        overwrites: [overwrite('guild', 0n, ALL), overwrite('alerts', ALL, 0n)],
      },
    ],
    [
      'nothing, where one of its roles is allowed what another is denied',
      [],
      {
        botRoles: ['alerts', 'muted'],
        overwrites: [overwrite('alerts', SEND, 0n), overwrite('muted', 0n, SEND)],
      },
    ],
    [
      'what it is denied itself, whatever its roles are allowed',
      ['View Channel'],
      {
        overwrites: [overwrite('alerts', ALL, 0n), overwrite('bot', 0n, VIEW)],
      },
    ],
    [
      'nothing, as an administrator',
      [],
      {
        roles: [{ id: 'alerts', permissions: 1n << 3n }],
        overwrites: [overwrite('bot', 0n, ALL)],
      },
    ],
    ['in a thread, the permission to send in threads', ['Send Messages in Threads'], { isThread: true }],
    [
      'in a locked thread, the permission to manage it',
      ['Manage Threads'],
      { isThread: true, isLocked: true, overwrites: [overwrite('bot', SEND_IN_THREADS, 0n)] },
    ],
    [
      'nothing in a thread, though it may not send in the channel',
      [],
      {
        isThread: true,
        overwrites: [overwrite('bot', SEND_IN_THREADS, SEND)],
      },
    ],
  ])('%s', (_what, missing, changes) => {
    expect(missingPermissions(standing(changes))).toEqual(missing);
  });
});
