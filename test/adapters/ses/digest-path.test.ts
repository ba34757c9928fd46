import { SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { sesDigestPath } from '../../../functions/adapters/ses/digest-path.ts';
import { type Answer, type LoopbackServer, startLoopbackServer } from '../../../lib/local/loopback-server.ts';

/** As SES answers: REST JSON, the name of an error in a header. */
const json = (status: number, body: unknown, type?: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...(type && { 'x-amzn-errortype': type }) },
  body: JSON.stringify(body),
});
const NOT_FOUND = json(404, { message: 'Email identity does not exist.' }, 'NotFoundException');

let server: LoopbackServer;
let client: SESv2Client;
let account: Answer;
let identities: Record<string, boolean>;
let asked: string[];

beforeAll(async () => {
  server = await startLoopbackServer(async ({ method, url }) => {
    const path = decodeURIComponent(url.pathname);
    asked.push(`${method} ${path}`);
    if (path === '/v2/email/account') return account;
    const verified = identities[path.replace('/v2/email/identities/', '')];
    return verified === undefined ? NOT_FOUND : json(200, { VerifiedForSendingStatus: verified });
  });
  const environment = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_SESV2: server.origin,
  };
  client = new SESv2Client({ ...awsClientOptions(environment, 'SESV2'), maxAttempts: 1 });
});

beforeEach(() => {
  account = json(200, { SendingEnabled: true, EnforcementStatus: 'HEALTHY', ProductionAccessEnabled: true });
  identities = {};
  asked = [];
});

afterAll(async () => {
  client.destroy();
  await server.stop();
});

const look = (from = 'rollcall@example.com', to = ['ada@example.org']) => sesDigestPath({ client, from, to })();
const inSandbox = () => {
  account = json(200, { SendingEnabled: true, EnforcementStatus: 'HEALTHY', ProductionAccessEnabled: false });
};

describe('the sender', () => {
  it.each([
    ['its address is', { 'rollcall@example.com': true }, true],
    ['its domain is', { 'example.com': true }, true],
    [
      'its domain is, and its address waits for its own confirmation',
      { 'rollcall@example.com': false, 'example.com': true },
      true,
    ],
    ['its address waits for its confirmation', { 'rollcall@example.com': false }, false],
    ['SES knows neither', {}, false],
  ])('is verified as %s', async (_what, known, verified) => {
    identities = known;
    expect(await look()).toMatchObject({ sender: { address: 'rollcall@example.com', verified } });
  });

  it('is verified by a domain above its own', async () => {
    identities = { 'example.com': true };
    expect(await look('rollcall@alerts.example.com')).toMatchObject({ sender: { verified: true } });
  });
});

describe('the recipients', () => {
  it('need not be verified outside the sandbox, and are not asked about', async () => {
    identities = { 'rollcall@example.com': true };
    expect(await look()).toMatchObject({ unverifiedRecipients: [] });
    expect(asked).toEqual(['GET /v2/email/account', 'GET /v2/email/identities/rollcall@example.com']);
  });

  it('are named in the sandbox where they are not verified, and no identity is asked about twice', async () => {
    inSandbox();
    identities = { 'example.com': true, 'bob@example.org': true };
    const to = ['you@example.com', 'ada@example.org', 'bob@example.org'];
    expect(await look('rollcall@example.com', to)).toEqual({
      kind: 'checked',
      sendingEnabled: true,
      sender: { address: 'rollcall@example.com', verified: true },
      unverifiedRecipients: ['ada@example.org'],
    });
    expect(new Set(asked).size).toBe(asked.length);
  });
});

describe('the account', () => {
  it.each([
    { SendingEnabled: false, EnforcementStatus: 'HEALTHY' },
    { SendingEnabled: true, EnforcementStatus: 'SHUTDOWN' },
  ])('sends nothing with %j', async (state) => {
    account = json(200, { ...state, ProductionAccessEnabled: true });
    expect(await look()).toMatchObject({ sendingEnabled: false });
  });
});

it('a refusal of SES to answer is thrown, and never taken for an unverified address', async () => {
  account = json(403, { message: 'not authorized to perform ses:GetAccount' }, 'AccessDeniedException');
  await expect(look()).rejects.toThrow('not authorized to perform ses:GetAccount');
});
