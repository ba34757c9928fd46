import { describe, expect, it } from 'vitest';
import { verdictOfAlarms, verdictOfDigest } from '../../../functions/core/checks/path-verdict.ts';
import { OPEN_ALARM_PATH, OPEN_DIGEST_PATH } from '../../fakes/open-paths.ts';

const OPEN = { state: 'open', reason: undefined };

describe('the path of the digest', () => {
  const SENDER = { address: 'rollcall@example.com', verified: false };

  it('is open where SES takes mail from the sender to every recipient', () => {
    expect(verdictOfDigest(OPEN_DIGEST_PATH)).toEqual(OPEN);
  });

  it.each([
    ['the sender is not verified', { sender: SENDER }, /its sender rollcall@example\.com is not verified; verify/],
    [
      'a recipient is not verified in the sandbox',
      { unverifiedRecipients: ['ada@example.org', 'bob@example.org'] },
      /sandbox.*verify ada@example\.org, bob@example\.org\.$/,
    ],
    ['sending is paused', { sendingEnabled: false }, /sending is paused for the account/],
  ])('is closed where %s, and says what to do', (_what, changes, reason) => {
    expect(verdictOfDigest({ ...OPEN_DIGEST_PATH, ...changes })).toEqual({
      state: 'closed',
      reason: expect.stringMatching(reason),
    });
  });

  it('names everything that keeps it closed', () => {
    const look = { ...OPEN_DIGEST_PATH, sender: SENDER, unverifiedRecipients: ['ada@example.org'] };
    expect(verdictOfDigest(look).reason).toMatch(/sender .*Also, .*ada@example\.org/);
  });
});

describe('the path of the alarms', () => {
  it('is open where their address has confirmed', () => {
    expect(verdictOfAlarms(OPEN_ALARM_PATH)).toEqual(OPEN);
  });

  it.each([
    ['pending', /^No alarm reaches ops@example\.com: its subscription is not confirmed\. Click the link/],
    ['none', /^No alarm reaches ops@example\.com: it is not subscribed\./],
  ] as const)('is closed where its subscription is %s, and says how to have it anew', (subscription, reason) => {
    const verdict = verdictOfAlarms({ ...OPEN_ALARM_PATH, subscription });
    expect(verdict).toEqual({ state: 'closed', reason: expect.stringMatching(reason) });
    expect(verdict.reason).toMatch(
      /aws sns subscribe --protocol email --notification-endpoint ops@example\.com --topic-arn arn:aws:sns:\S+:alarms$/,
    );
  });
});

it('a path that nobody can vouch for is not checked, with the reason', () => {
  const look = { kind: 'not checked', reason: 'There is no SNS here.' } as const;
  const verdict = { state: 'not checked', reason: look.reason };
  expect([verdictOfDigest(look), verdictOfAlarms(look)]).toEqual([verdict, verdict]);
});
