import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { discordTargetsApi } from '../../../functions/adapters/discord/targets.ts';
import type { AlarmPathReport, DigestPathReport } from '../../../functions/core/checks/path-status.ts';
import type { DiscordTarget } from '../../../functions/core/discord/discord.ts';
import { discordProbe } from '../../../functions/core/discord/discord-chat.ts';
import type { MailReader, MailSession } from '../../../functions/core/mail/mail-reader.ts';
import { MailboxFailure } from '../../../functions/core/mail/mailbox-failure.ts';
import settings from '../../../functions/settings.ts';
import { type CheckedServices, check } from '../../../lib/cli/check.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../../lib/local/discord-stand-in/discord-stand-in.ts';
import { discordFor } from '../../../lib/local/local-settings.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';
import { memorySecrets } from '../../fakes/memory-secrets.ts';
import { OPEN_ALARM_PATH, OPEN_DIGEST_PATH, openPaths } from '../../fakes/open-paths.ts';

const local = discordFor(settings);
const STORED = { ...local.parameters, '/rollcall/support/password': 'password-that-nobody-may-see' };
const VIP_CHANNEL = '100000000000000001';

let discord: DiscordStandIn;
let services: CheckedServices;

beforeAll(async () => {
  discord = await startDiscordStandIn({ ...local, globalLimit: 'off' });
});

beforeEach(() => {
  discord.setAccess(VIP_CHANNEL, 'post');
  services = servicesWith(STORED);
});

afterAll(() => discord.stop());

/** Answers STATUS and nothing else. */
const reader: MailReader = {
  visit: async (_folder, visit) => visit({ status: async () => ({ uidValidity: '1', uidNext: 42 }) } as MailSession),
};

function servicesWith(stored: Record<string, string>): CheckedServices {
  const secrets = memorySecrets(stored);
  const clock = fakeClock();
  const discordTargets = discordTargetsApi({ baseUrl: discord.url, secrets });
  const probeOf = ({ target }: { target: DiscordTarget }) => discordProbe(target, { discordTargets, clock });
  return { secrets, probeOf, readerOf: () => reader, operatorPaths: openPaths, clock };
}

async function checked(): Promise<{ exitCode: number; lines: string[] }> {
  const lines: string[] = [];
  const exitCode = await check(settings, services, (line) => lines.push(line));
  expect(lines.join('\n')).not.toContain('nobody-may-see');
  return { exitCode, lines };
}

describe('a check', () => {
  it('where all is well names everything that it looked at, and exits 0', async () => {
    expect(await checked()).toEqual({
      exitCode: 0,
      lines: [
        '✓ /rollcall/support/password: the password of support@example.com (mailbox support) is stored',
        '✓ /rollcall/discord-bot-token: the bot token for vip, stripe, customer is stored',
        '✓ mailbox support/INBOX: logged in; its next email gets uid 42',
        '✓ route vip: Discord would accept posts',
        '✓ route stripe: Discord would accept posts',
        '✓ route customer: Discord would accept posts',
        '✓ digest: SES would accept it',
        '✓ alarms: the address has confirmed the subscription',
      ],
    });
  });

  it('posts nothing', async () => {
    await checked();
    expect(discord.posts()).toEqual([]);
    expect(discord.requests().every(({ method }) => method === 'GET')).toBe(true);
  });

  it.each<[string, () => void, string | RegExp]>([
    [
      'a secret that is not stored',
      () => {
        services = servicesWith(local.parameters);
      },
      '✗ /rollcall/support/password: There is no secret /rollcall/support/password. Store it: npm run rollcall -- secrets /rollcall/support/password',
    ],
    [
      'a secret that cannot be what it should be',
      () => {
        services = servicesWith({ ...STORED, '/rollcall/discord-bot-token': 'two words nobody-may-see' });
      },
      /^✗ \/rollcall\/discord-bot-token: The parameter \S+ holds no bot token/,
    ],
    [
      'a login that is refused',
      () => {
        services.readerOf = () => ({
          visit: async () => {
            throw new MailboxFailure('credentials', 'The server refused the password.');
          },
        });
      },
      '✗ mailbox support/INBOX: The server refused the password.',
    ],
    [
      'a missing permission',
      () => void discord.setAccess(VIP_CHANNEL, 'no embeds'),
      `✗ route vip: The bot lacks Embed Links in channel ${VIP_CHANNEL}. Give it that permission.`,
    ],
    [
      'a sender that is not verified',
      () => {
        const sender = { address: 'rollcall@example.com', verified: false };
        services.operatorPaths = {
          ...openPaths,
          digest: async (): Promise<DigestPathReport> => ({ ...OPEN_DIGEST_PATH, sender }),
        };
      },
      /^✗ digest: SES would not accept the digest: its sender rollcall@example\.com is not verified/,
    ],
    [
      'an alarm address that has not confirmed',
      () => {
        services.operatorPaths = {
          ...openPaths,
          alarms: async (): Promise<AlarmPathReport> => ({ ...OPEN_ALARM_PATH, subscription: 'pending' }),
        };
      },
      /^✗ alarms: No alarm reaches ops@example\.com/,
    ],
    [
      'a service that does not answer',
      () => {
        services.operatorPaths = {
          ...openPaths,
          digest: async () => {
            throw new Error('not authorized to perform ses:GetAccount');
          },
        };
      },
      '✗ digest: not authorized to perform ses:GetAccount',
    ],
  ])('tells %s, goes on with the rest, and exits 1', async (_what, spoil, line) => {
    spoil();
    const { exitCode, lines } = await checked();
    expect(lines.find((one) => one.startsWith('✗'))).toMatch(line);
    expect(lines).toHaveLength(8);
    expect(exitCode).toBe(1);
  });

  it('never calls well what nobody could look at, nor wrong', async () => {
    services.readerOf = undefined;
    services.operatorPaths = {
      ...openPaths,
      alarms: async () => ({ kind: 'not checked', reason: 'Nothing is deployed yet.' }),
    };
    const { exitCode, lines } = await checked();
    expect(lines).toEqual(
      expect.arrayContaining([
        '– mailbox support/INBOX: not checked, since a local run reads a mailbox of its own',
        '– alarms: Nothing is deployed yet.',
      ]),
    );
    expect(exitCode).toBe(0);
  });
});
