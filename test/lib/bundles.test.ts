import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineSettings } from '../../functions/core/settings/define-settings.ts';
import shippedSettings from '../../functions/settings.ts';
import { BUNDLE_FILE, bundleFunctions, type FunctionBundle } from '../../lib/bundle/bundle-functions.ts';
import { MODULES_LEFT_OUT } from '../../lib/bundle/left-out.ts';
import { MODULES_REPLACED } from '../../lib/bundle/replaced.ts';
import { BUDGETS } from '../bench/coldstart/budgets.ts';
import { invokeBundle } from './bundle/invoke-bundle.ts';

const MAP_FILE = `${BUNDLE_FILE}.map`;

let directory: string;
let bundles: FunctionBundle[];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-bundles-'));
  bundles = await bundleFunctions(shippedSettings, directory);
}, 120_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  WATERMARKS_TABLE: 'watermarks',
  LEDGER_TABLE: 'ledger',
  SPOOL_BUCKET: 'spool',
  ROUTE_QUEUE_URLS: '{}',
};

describe('the bundles', () => {
  it('are those of all functions that have a budget', () => {
    expect(bundles.map(({ name }) => name).sort()).toEqual(Object.keys(BUDGETS).sort());
  });

  it.each(Object.entries(BUDGETS))('%s is within its budget', (name, { kilobytes }) => {
    const bundle = bundles.find((found) => found.name === name);
    const largest = bundle?.inputs.slice(0, 5).map(({ path, bytes }) => `${bytes} bytes of ${path}`);
    expect(bundle?.bytes, `the largest inputs: ${largest?.join(', ')}`).toBeLessThanOrEqual(kilobytes * 1_000);
  });

  it('are the same bytes wherever and whenever they are made, so that only what changed is deployed', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'rollcall-bundles-again-'));
    try {
      await bundleFunctions(shippedSettings, elsewhere);
      for (const { name } of bundles) {
        for (const file of [BUNDLE_FILE, MAP_FILE]) {
          const [one, other] = await Promise.all(
            [directory, elsewhere].map((from) => readFile(join(from, name, file))),
          );
          expect(one?.equals(other ?? Buffer.alloc(0)), `${name}/${file}`).toBe(true);
        }
      }
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  }, 60_000);

  it('name the line of functions/ in a stack trace, and no file of the machine that made them', async () => {
    const { LEDGER_TABLE: _, ...incomplete } = ENVIRONMENT;
    const { error } = await invokeBundle({ directory, name: 'poll-inbox', environment: incomplete }, {});
    expect(error).toContain('The environment variable LEDGER_TABLE is missing');
    expect(error).toMatch(/functions\/from-environment\/environment\.ts:\d+:\d+/);
    expect(error).toMatch(/functions\/poll-inbox\/handler\.ts:\d+:\d+/);
    for (const { name } of bundles) {
      const { sources } = JSON.parse(await readFile(join(directory, name, MAP_FILE), 'utf8'));
      expect(sources).toContain(`functions/${name}/handler.ts`);
      expect(sources.filter((source: string) => !source.startsWith('functions/'))).toEqual([]);
    }
  });

  it('say it where Lambda’s credentials are missing, instead of looking for others', async () => {
    const { error } = await invokeBundle(
      { directory, name: 'poll-inbox', environment: ENVIRONMENT },
      { mailbox: 'support/INBOX' },
    );
    expect(error).toContain('AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set');
  });
});

describe('the settings', () => {
  it('say the same after they were written into a bundle, whatever is set', () => {
    const settings = defineSettings({
      mailboxes: [
        {
          account: 'billing',
          authservId: 'mx.example.org',
          host: 'imap.example.org',
          user: 'billing@example.org',
          auth: {
            tokenUrl: 'https://login.example.org/token',
            clientId: 'rollcall',
            clientSecretParameter: '/rollcall/billing/client-secret',
            refreshTokenParameter: '/rollcall/billing/refresh-token',
          },
          folders: ['INBOX', 'Größe'],
          everyMinutes: 60,
          startFrom: { days: 7 },
        },
      ],
      routes: [
        {
          id: 'stripe',
          colour: '#635bff',
          discord: { webhookParameter: '/rollcall/stripe-webhook', threadId: '123456789012345678' },
          ping: { users: ['123456789012345678'], roles: ['123456789012345679'] },
          redriveAutomatically: false,
          rules: [
            {
              name: 'payments',
              from: ['stripe.com', 'billing@example.com'],
              to: 'support@example.com',
              subject: ['\\bpayout\\b'],
              list: 'dev.lists.example.com',
              header: { name: 'X-Priority', matches: '^1' },
              authenticated: true,
            },
          ],
        },
      ],
      digest: { from: 'rollcall@example.com', to: ['ada@example.org'], every: 'hour', timeZone: 'UTC' },
      alarms: { email: 'operator@example.net' },
      heartbeatUrl: 'https://monitor.example.com/ping',
    });
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
  });
});

describe('what is left out or replaced', () => {
  it.each([...MODULES_LEFT_OUT, ...MODULES_REPLACED])('%s is still where its package has it', (module) => {
    expect(existsSync(fileURLToPath(new URL(`../../node_modules/${module}`, import.meta.url)))).toBe(true);
  });
});
