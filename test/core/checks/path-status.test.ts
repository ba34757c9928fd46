import { describe, expect, it } from 'vitest';
import { statusOfAlarms, statusOfDigest } from '../../../functions/core/checks/path-status.ts';
import { OPEN_ALARM_PATH, OPEN_DIGEST_PATH } from '../../fakes/open-paths.ts';

const AT = new Date('2026-03-02T09:00:00.000Z');
const ALIVE = { state: 'alive', failure: undefined };
const failure = (text: unknown) => ({ kind: 'target', status: null, code: null, text, at: AT });

describe('the path of the digest', () => {
  const SENDER = { address: 'rollcall@example.com', verified: false };

  it('is alive where SES takes mail from the sender to every recipient', () => {
    expect(statusOfDigest(OPEN_DIGEST_PATH, AT)).toEqual(ALIVE);
  });

  it.each([
    ['the sender is not verified', { sender: SENDER }, /its sender rollcall@example\.com is not verified; verify/],
    [
      'a recipient is not verified in the sandbox',
      { unverifiedRecipients: ['ada@example.org', 'bob@example.org'] },
      /sandbox.*verify ada@example\.org, bob@example\.org\.$/,
    ],
    ['sending is paused', { sendingEnabled: false }, /sending is paused for the account/],
  ])('is dead where %s, and says what to do', (_what, changes, reason) => {
    expect(statusOfDigest({ ...OPEN_DIGEST_PATH, ...changes }, AT)).toEqual({
      state: 'dead',
      failure: failure(expect.stringMatching(reason)),
    });
  });

  it('names everything that keeps it dead', () => {
    const look = { ...OPEN_DIGEST_PATH, sender: SENDER, unverifiedRecipients: ['ada@example.org'] };
    expect(statusOfDigest(look, AT).failure?.text).toMatch(/sender .*Also, .*ada@example\.org/);
  });
});

describe('the path of the alarms', () => {
  it('is alive where their address has confirmed', () => {
    expect(statusOfAlarms(OPEN_ALARM_PATH, AT)).toEqual(ALIVE);
  });

  it.each([
    ['pending', /^No alarm reaches ops@example\.com: its subscription is not confirmed\. Click the link/],
    ['none', /^No alarm reaches ops@example\.com: it is not subscribed\./],
  ] as const)('is dead where its subscription is %s, and says how to have it again', (subscription, reason) => {
    const status = statusOfAlarms({ ...OPEN_ALARM_PATH, subscription }, AT);
    expect(status).toEqual({ state: 'dead', failure: failure(expect.stringMatching(reason)) });
    expect(status.failure?.text).toMatch(
      /aws sns subscribe --protocol email --notification-endpoint ops@example\.com --topic-arn arn:aws:sns:\S+:alarms$/,
    );
  });
});

it('a path that nobody can vouch for is not checked, with the reason', () => {
  const look = { kind: 'not checked', reason: 'There is no SNS here.' } as const;
  const status = { state: 'not checked', failure: failure(look.reason) };
  expect([statusOfDigest(look, AT), statusOfAlarms(look, AT)]).toEqual([status, status]);
});
