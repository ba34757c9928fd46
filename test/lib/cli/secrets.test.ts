import { describe, expect, it } from 'vitest';
import { defineSettings } from '../../../functions/core/settings/define-settings.ts';
import { namedSecrets } from '../../../lib/cli/named-secrets.ts';
import { storeSecrets } from '../../../lib/cli/secrets.ts';
import type { SecretStore } from '../../../lib/cli/ssm-secret-store.ts';

const rules = [{ name: 'all', subject: '.' }];
const mailbox = { host: 'imap.example.com', user: 'ada@example.com' };
const settings = defineSettings({
  mailboxes: [
    { ...mailbox, account: 'one', auth: { passwordParameter: '/one/password' } },
    {
      ...mailbox,
      account: 'two',
      auth: {
        provider: 'gmail',
        clientId: 'id',
        clientSecretParameter: '/two/client',
        refreshTokenParameter: '/two/token',
      },
    },
    {
      ...mailbox,
      account: 'three',
      auth: { provider: 'microsoft', tenant: 't', clientId: 'id', clientSecretParameter: '/three/client' },
    },
  ],
  routes: [
    { id: 'vip', discord: { channelId: '100000000000000001', botTokenParameter: '/bot' }, rules },
    { id: 'sales', discord: { webhookParameter: '/hook' }, rules },
    { id: 'stripe', discord: { channelId: '100000000000000002', botTokenParameter: '/bot' }, rules },
  ],
  digest: { from: 'rollcall@example.com', to: 'ada@example.com', at: '07:30', timeZone: 'UTC' },
  alarms: { email: 'ops@example.com' },
});

const ANSWERS: Readonly<Record<string, string>> = {
  '/one/password': 'correct horse',
  '/two/client': 'client-2',
  '/two/token': 'token-2',
  '/three/client': 'client-3',
  '/bot': 'MTE.bot.token',
  '/hook': 'https://discord.com/api/webhooks/1/abc',
};

async function run(named: string | undefined, stored: Record<string, string> = {}, answers = ANSWERS) {
  const values = new Map(Object.entries(stored));
  const store: SecretStore = {
    has: async (parameter) => values.has(parameter),
    put: async (parameter, value) => void values.set(parameter, value),
  };
  const questions: string[] = [];
  const lines: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return answers[question.split(': ')[0] ?? ''] ?? '';
  };
  const exitCode = await storeSecrets(settings, named, { store, ask, print: (line) => lines.push(line) });
  return { exitCode, questions, lines, stored: Object.fromEntries(values) };
}

describe('the secrets that settings name', () => {
  it('are all found, each once, with what a person has to look for', () => {
    expect(namedSecrets(settings).map(({ parameter, what }) => `${parameter}: ${what}`)).toEqual([
      '/one/password: the password of ada@example.com (mailbox one)',
      "/two/client: the OAuth client's secret of ada@example.com (mailbox two)",
      '/two/token: the refresh token of ada@example.com (mailbox two)',
      "/three/client: the OAuth client's secret of ada@example.com (mailbox three)",
      '/bot: the bot token for vip, stripe',
      '/hook: the webhook URL for sales',
    ]);
  });
});

describe('storing them', () => {
  it('asks for each that is missing, stores it as it was given, and prints no word of it', async () => {
    const { exitCode, questions, lines, stored } = await run(undefined, { '/two/client': 'old' });
    expect(questions.map((question) => question.split(': ')[0])).not.toContain('/two/client');
    expect(stored).toEqual({ ...ANSWERS, '/two/client': 'old' });
    expect(lines).toContain(
      "/two/client: the OAuth client's secret of ada@example.com (mailbox two) is stored already. To renew it: npm run rollcall -- secrets /two/client",
    );
    expect(lines).toContain('/one/password: stored. Rollcall reads it within five minutes.');
    for (const value of Object.values(ANSWERS)) expect([...questions, ...lines].join('\n')).not.toContain(value);
    expect(exitCode).toBe(0);
  });

  it('renews the one that is named, and asks for no other', async () => {
    const { exitCode, questions, stored } = await run('/bot', { '/bot': 'old' });
    expect(questions).toEqual(['/bot: the bot token for vip, stripe: ']);
    expect(stored).toEqual({ '/bot': ANSWERS['/bot'] });
    expect(exitCode).toBe(0);
  });

  it.each([
    ['/bot', 'Bot abc', /holds no bot token/],
    ['/hook', 'https://discord.com/channels/1/2', /holds no webhook URL/],
    ['/one/password', '', /Nothing was given\./],
  ])('takes for %s no %j, says why, and exits 1', async (parameter, given, reason) => {
    const { exitCode, lines, stored } = await run(parameter, { [parameter]: 'old' }, { [parameter]: given });
    expect(stored).toEqual({ [parameter]: 'old' });
    expect(lines).toEqual([expect.stringMatching(reason)]);
    expect(lines[0]).toMatch(`${parameter}: not stored.`);
    if (given) expect(lines[0]).not.toContain(given);
    expect(exitCode).toBe(1);
  });

  it('refuses a parameter that no setting names, which nobody would ever read', async () => {
    await expect(run('/bto')).rejects.toThrow('The settings name no parameter /bto. They name: /one/password, ');
  });
});
