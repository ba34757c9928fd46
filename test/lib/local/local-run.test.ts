import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import shippedSettings from '../../../functions/settings.ts';
import { startDiscordStandIn } from '../../../lib/local/discord-stand-in/discord-stand-in.ts';
import { discordFor } from '../../../lib/local/local-settings.ts';
import { sampleMails } from '../../../lib/local/sample-mailbox/sample-mails.ts';
import { run, runOnce } from './run-rollcall.ts';

describe('npm start -- --once', () => {
  it('accounts for every mail of the sample mailbox, and exits 0', async () => {
    const sample = await sampleMails(new Date());
    await runOnce([], async ({ exitCode, output, report, file }) => {
      expect.soft(output).toContain('Every email is accounted for.');
      expect(exitCode).toBe(0);
      expect(report?.unaccounted).toEqual([]);
      expect(report?.mailboxes).toMatchObject([
        { mailbox: 'support/INBOX', lastUid: sample.length, uidNext: sample.length + 1 },
      ]);
      expect(report?.audit).toEqual({ inMailbox: sample.length, accounted: sample.length, recovered: 0 });
      expect(report?.mails.map(({ uid, route, state }) => ({ uid, route, state }))).toEqual(
        sample.map(({ expectedRoute }, index) => ({ uid: index + 1, route: expectedRoute, state: 'settled' })),
      );

      const alerts = report?.mails.filter(({ route }) => route !== 'unknown').map(({ mailId }) => mailId);
      expect(report?.posts.flatMap(({ mailIds }) => mailIds).sort()).toEqual(alerts?.sort());
      const unknown = report?.mails.filter(({ route }) => route === 'unknown').map(({ mailId }) => mailId);
      expect([...(report?.digest.mailIds ?? [])].sort()).toEqual(unknown?.sort());
      expect(await file('digest.html')).toContain('Scale your team in 48 hours');
      expect(await file('digest.txt')).toContain('Scale your team in 48 hours');
      expect(JSON.parse(await file('posts.json'))).toHaveLength(report?.posts.length ?? 0);
    });
  });

  it('with one channel closed from the start: its alerts are dead letters with that reason, all others arrive, and everyone is told', async () => {
    const vip = shippedSettings.routes.find(({ id }) => id === 'vip')?.target;
    const closedChannel = vip?.kind === 'bot' ? vip.channelId : '';
    const local = discordFor(shippedSettings);
    const channels = local.channels.map(({ id }) => (id === closedChannel ? { id, access: 'none' as const } : { id }));
    const discord = await startDiscordStandIn({ ...local, channels });
    try {
      await runOnce(['--discord', discord.url], async ({ exitCode, report, output, file }) => {
        expect(exitCode).toBe(1);
        const dead = report?.mails.filter(({ state }) => state === 'dead') ?? [];
        expect(dead.length).toBeGreaterThan(0);
        expect(dead.map(({ route }) => route)).toEqual(dead.map(() => 'vip'));
        expect(dead[0]?.failure).toMatchObject({ kind: 'target', status: 403, code: '50001' });
        expect(report?.mails.filter(({ state }) => state !== 'dead' && state !== 'settled')).toEqual([]);
        expect(report?.mails.filter(({ route, state }) => route === 'vip' && state !== 'dead')).toEqual([]);

        const refused = discord
          .requests()
          .filter(({ target }) => 'channelId' in target && target.channelId === closedChannel);
        expect(refused.length, 'one request finds the target dead; no alert is retried against it').toBe(1);

        expect(report?.digest.subject).toContain(`⚠ ${dead.length} alerts undelivered`);
        expect(report?.digest.subject).toContain('vip: Missing Access');
        const firstLines = (await file('digest.txt')).split('\n').slice(0, 8).join('\n');
        expect(firstLines).toContain('Missing Access');
        expect(output).toContain('Missing Access');
      });
    } finally {
      await discord.stop();
    }
  });

  it('with a Discord that nobody answers for: alerts wait in their queues, are told, and the exit code says so', async () => {
    await runOnce(['--discord', 'http://127.0.0.1:9/api/v10'], ({ exitCode, report }) => {
      expect(exitCode).toBe(1);
      const waiting = report?.mails.filter(({ state }) => state === 'dispatched') ?? [];
      expect(waiting.map(({ failure }) => failure?.kind)).toEqual(waiting.map(() => 'network'));
      expect(waiting.length).toBe(report?.mails.filter(({ route }) => route !== 'unknown').length);
      expect(report?.digest.sent).toBe(true);
    });
  });

  it('with a mailbox that refuses the login: the poll failure is told with its kind, the digest comes all the same', async () => {
    await runOnce(['--imap', 'imap://nobody:wrong@127.0.0.1:9/INBOX'], ({ exitCode, report, output }) => {
      expect(exitCode).toBe(1);
      expect(output).toContain('the poll failed (connection)');
      expect(output).not.toContain('wrong');
      expect(report?.unaccounted.join()).toContain('ECONNREFUSED');
      expect(report?.digest.subject).toContain('support/INBOX');
    });
  });
});

describe('what is wrong on the command line is said with the way out', () => {
  it.each([
    [['--since', 'yesterday'], '--since yesterday: takes all, now, or a number of days'],
    [['--discord', 'discord'], '--discord discord: takes an http or https URL'],
    [['--imap', 'https://mail.example.com'], 'takes imaps://user:password@host:993/INBOX'],
    [['--imap', 'imaps://mail.example.com'], 'user or password is missing'],
    [['--nonsense'], '--nonsense'],
    [['--settings', 'no-such-file.ts'], 'no-such-file.ts cannot be read'],
  ])('%j', async (options, text) => {
    const { exitCode, output } = await run(options);
    expect(exitCode).toBe(1);
    expect(output).toContain(text);
    expect(output).not.toContain('    at ');
  });

  it('wrong settings name every field, what is wrong and what is allowed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'rollcall-settings-'));
    try {
      const file = join(directory, 'settings.json');
      await writeFile(file, JSON.stringify({ mailboxes: [], routes: [{ id: 'unknown' }] }));
      const { exitCode, output } = await run(['--settings', file]);
      expect(exitCode).toBe(1);
      expect(output).toContain('mailboxes:');
      expect(output).toContain('routes[0].id:');
      expect(output).not.toContain('    at ');
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
