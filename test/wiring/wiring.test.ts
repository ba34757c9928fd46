import { beforeEach, describe, expect, it, vi } from 'vitest';
import shippedSettings from '../../functions/settings.ts';
import { mailReadersFrom } from '../../functions/wiring/mail-readers.ts';
import { mailerFrom } from '../../functions/wiring/mailer.ts';
import { digestPathFrom } from '../../functions/wiring/operator-paths.ts';

/** What the wiring hands to constructors and adapters; none of it can be seen from outside within a test's time. */
const handed = vi.hoisted(() => ({ ses: [] as Record<string, unknown>[], reader: [] as Record<string, unknown>[] }));

vi.mock('@aws-sdk/client-sesv2', async (importActual) => {
  const actual = await importActual<typeof import('@aws-sdk/client-sesv2')>();
  return {
    ...actual,
    SESv2Client: class {
      constructor(options: Record<string, unknown>) {
        handed.ses.push(options);
      }
    },
  };
});
vi.mock('../../functions/adapters/imap/mail-reader.ts', () => ({
  imapMailReader: (options: Record<string, unknown>) => {
    handed.reader.push(options);
    return { visit: () => undefined };
  },
}));

const environment = { AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL_SESV2: 'http://127.0.0.1:9' };

beforeEach(() => {
  handed.ses.length = 0;
  handed.reader.length = 0;
});

describe('what the wiring hands over', () => {
  it('to the mailer: a minute for SES, since what it accepts too late comes twice', () => {
    mailerFrom(environment, shippedSettings.digest);
    expect(handed.ses).toMatchObject([
      { region: 'eu-central-1', endpoint: 'http://127.0.0.1:9', requestHandler: { requestTimeout: 60_000 } },
    ]);
    expect(handed.ses[0]).toHaveProperty('requestHandler.connectionTimeout');
  });

  it('to the check of the digest path: more tries than usual, since SES answers one question a second', () => {
    digestPathFrom(environment, shippedSettings);
    expect(handed.ses).toMatchObject([{ region: 'eu-central-1', maxAttempts: 8 }]);
  });

  it('to the reader of each account: its settings, the header fields that rules ask for, and a minute an exchange', () => {
    const [account] = shippedSettings.mailboxes;
    const [route] = shippedSettings.routes;
    const rules = [{ ...route!.rules[0]!, authenticated: true }];
    const readerOf = mailReadersFrom(environment, { ...shippedSettings, routes: [{ ...route!, rules }] });
    const reader = readerOf(account!);
    expect(handed.reader).toMatchObject([{ account, exchangeTimeoutMs: 60_000 }]);
    expect(handed.reader[0]?.headerFields).toEqual(['authentication-results', 'received']);
    expect(readerOf(account!), 'an access token is kept with its reader').toBe(reader);
    expect(readerOf({ ...account!, account: 'another' })).not.toBe(reader);
    expect(handed.reader).toHaveLength(2);
  });
});
