import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineSettings } from '../../../functions/core/settings/define-settings.ts';
import shippedSettings from '../../../functions/settings.ts';
import { BUNDLE_FILE, bundleFunction } from '../../../lib/stack/bundle.ts';
import { BUDGETS_KB } from '../../bench/coldstart/budgets.ts';
import { invokeBundle } from './bundle/invoke-bundle.ts';
import { resourcesOf } from './synthesized-stack.ts';

const NAMES = Object.keys(BUDGETS_KB);
const FILES = [BUNDLE_FILE, `${BUNDLE_FILE}.map`];

let directory: string;
let bytes: ReadonlyMap<string, number>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-bundles-'));
  bytes = new Map(NAMES.map((name) => [name, bundleFunction(name, shippedSettings, join(directory, name))]));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  WATERMARKS_TABLE: 'watermarks',
  LEDGER_TABLE: 'ledger',
  SPOOL_BUCKET: 'spool',
  ROUTE_QUEUE_URLS: '{}',
};

describe('the bundles', () => {
  it.each(Object.entries(BUDGETS_KB))('%s is within its budget', (name, kilobytes) => {
    expect(bytes.get(name)).toBeLessThanOrEqual(kilobytes * 1_000);
  });

  it('are the same bytes wherever and whenever they are made, so that only what changed is deployed', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'rollcall-bundles-again-'));
    try {
      for (const name of NAMES) {
        bundleFunction(name, shippedSettings, join(elsewhere, name));
        for (const file of FILES) {
          const [one, other] = await Promise.all(
            [directory, elsewhere].map((from) => readFile(join(from, name, file))),
          );
          expect(one?.equals(other ?? Buffer.alloc(0)), `${name}/${file}`).toBe(true);
        }
      }
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  it('are run by functions that read the map', () => {
    const functions = resourcesOf('AWS::Lambda::Function').map(({ properties }) => properties);
    expect(functions.length).toBeGreaterThanOrEqual(NAMES.length);
    for (const { Environment } of functions) {
      expect(Environment).toMatchObject({ Variables: { NODE_OPTIONS: '--enable-source-maps' } });
    }
  });

  it('name the line of functions/ in a stack trace, and no file of the machine that made them', async () => {
    const { LEDGER_TABLE: _, ...incomplete } = ENVIRONMENT;
    const { error } = await invokeBundle({ directory, name: 'poll-inbox', environment: incomplete }, {});
    expect(error).toContain('The environment variable LEDGER_TABLE is missing');
    expect(error).toMatch(/functions\/wiring\/environment\.ts:\d+:\d+/);
    expect(error).toMatch(/functions\/poll-inbox\/handler\.ts:\d+:\d+/);
    for (const name of NAMES) {
      const { sources } = JSON.parse(await readFile(join(directory, name, `${BUNDLE_FILE}.map`), 'utf8'));
      expect(sources).toContain(`functions/${name}/handler.ts`);
      expect(sources.filter((source: string) => source.startsWith('/'))).toEqual([]);
    }
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
