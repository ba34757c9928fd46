import { expect, it } from 'vitest';
import type { AuditFinding, AuditReport } from '../../functions/core/records/audit-report.ts';
import type { Watermark, Watermarks } from '../../functions/core/records/watermark.ts';

const MORNING = new Date('2026-03-02T09:00:00.000Z');
const NOON = new Date('2026-03-02T12:00:00.000Z');
const EVENING = new Date('2026-03-02T18:00:00.000Z');

/** A report with one finding, as an audit of this mailbox records it. */
export function sampleAudit(mailbox: string, at: Date): AuditReport & { findings: [AuditFinding] } {
  return {
    mailbox,
    at,
    inMailbox: 10,
    accounted: 9,
    recovered: 1,
    staleAlerts: 2,
    staleUnknown: 3,
    left: 4,
    findings: [
      {
        kind: 'missing',
        mailId: 'mail-1',
        location: { mailbox, uidValidity: '17', uid: 1 },
        route: 'vip',
        outcome: 'sent',
        from: 'Ada Lovelace <ada@example.com>',
        subject: 'The engine weaves 🧵',
      },
    ],
  };
}

const RESTART = {
  reason: 'renumbered',
  at: MORNING,
  mailbox: 'watermarks/INBOX',
  uidValidity: '17',
  uidNext: 41,
  arrivalDecidesBelowUid: 41,
} as const;

/** What every store of watermarks promises. @param theWatermarks the store under test, once the tests run */
export function watermarksContract(theWatermarks: () => Watermarks): void {
  let mailboxes = 0;
  function sampleWatermark(): Watermark {
    mailboxes += 1;
    return {
      mailbox: `watermarks-${mailboxes}/INBOX`,
      uidValidity: '17',
      lastUid: 40,
      baselineUid: 40,
      beganAt: MORNING,
      accountedSince: undefined,
      restart: undefined,
    };
  }
  async function created(): Promise<Watermark> {
    const watermark = sampleWatermark();
    await theWatermarks().create(watermark);
    return watermark;
  }

  it('knows nothing of a mailbox that was never polled', async () => {
    expect(await theWatermarks().get('never/INBOX')).toBeUndefined();
  });

  it('begins with a watermark and no history', async () => {
    const watermark = sampleWatermark();
    expect(await theWatermarks().create(watermark)).toBe('created');
    expect(await theWatermarks().get(watermark.mailbox)).toEqual({
      watermark,
      uidNext: undefined,
      lastPollAt: undefined,
      lastPollError: undefined,
      lastCompletePollAt: undefined,
      lastDigestAt: undefined,
      pollsSinceDigest: 0,
      failedPollsSinceDigest: 0,
      lastAudit: undefined,
    });
  });

  it('begins with the last digest of a former name', async () => {
    const watermark = sampleWatermark();
    await theWatermarks().create(watermark, { lastDigestAt: MORNING });
    expect(await theWatermarks().get(watermark.mailbox)).toMatchObject({ watermark, lastDigestAt: MORNING });
  });

  it('begins with the last digest of a former name, though one found this name empty since', async () => {
    const watermark = sampleWatermark();
    const { mailbox } = watermark;
    await theWatermarks().recordPollFailure(mailbox, { at: MORNING, kind: 'connection', text: 'refused' });
    const digest = { at: NOON, previousAt: undefined, polls: 1, failedPolls: 1 };
    expect(await theWatermarks().recordDigest(mailbox, digest)).toBe('recorded');
    await theWatermarks().create(watermark, { lastDigestAt: undefined });
    expect(await theWatermarks().get(mailbox)).toMatchObject({ watermark, lastDigestAt: undefined });
  });

  it('begins with the polls that no digest has counted under a former name, besides its own', async () => {
    const watermark = sampleWatermark();
    await theWatermarks().recordPollFailure(watermark.mailbox, { at: MORNING, kind: 'connection', text: 'refused' });
    await theWatermarks().create(watermark, { pollsSinceDigest: 4, failedPollsSinceDigest: 3 });
    expect(await theWatermarks().get(watermark.mailbox)).toMatchObject({
      watermark,
      pollsSinceDigest: 5,
      failedPollsSinceDigest: 4,
    });
  });

  it('remembers the earlier of two dates to rescan from, until a poll has begun there', async () => {
    const { mailbox } = await created();
    await theWatermarks().requestRescan(mailbox, NOON);
    await theWatermarks().requestRescan(mailbox, MORNING);
    await theWatermarks().requestRescan(mailbox, EVENING);
    expect(await theWatermarks().get(mailbox)).toMatchObject({ rescanSince: MORNING });
    await theWatermarks().recordRescan(mailbox, NOON);
    expect(await theWatermarks().get(mailbox)).toMatchObject({ rescanSince: MORNING });
    await theWatermarks().recordRescan(mailbox, MORNING);
    expect(await theWatermarks().get(mailbox)).toMatchObject({ rescanSince: undefined });
  });

  it('remembers what became of a watermark under another name, until it moves on without that', async () => {
    const watermark = await created();
    const carried = { ...watermark, carriedInto: 'watermarks/New' };
    expect(await theWatermarks().move(watermark, carried)).toBe('moved');
    expect(await theWatermarks().get(watermark.mailbox)).toMatchObject({ watermark: carried });
    expect(await theWatermarks().move(carried, watermark)).toBe('moved');
    expect((await theWatermarks().get(watermark.mailbox))?.watermark).toEqual(watermark);
  });

  it('keeps the watermark of the poll that was first', async () => {
    const watermark = await created();
    expect(await theWatermarks().create({ ...watermark, lastUid: 0 })).toBe('already there');
    expect(await theWatermarks().get(watermark.mailbox)).toMatchObject({ watermark: { lastUid: 40 } });
  });

  it('moves for exactly one of two polls at once', async () => {
    const from = await created();
    const moves = await Promise.all([
      theWatermarks().move(from, { ...from, lastUid: 50 }),
      theWatermarks().move(from, { ...from, lastUid: 60 }),
    ]);
    expect(moves.toSorted()).toEqual(['moved', 'overtaken']);
    expect(await theWatermarks().get(from.mailbox)).toMatchObject({
      watermark: { lastUid: moves[0] === 'moved' ? 50 : 60 },
    });
  });

  it('does not move from a uid of another uidValidity, nor where there is no watermark', async () => {
    const from = await created();
    expect(await theWatermarks().move({ ...from, uidValidity: '16' }, { ...from, lastUid: 50 })).toBe('overtaken');
    expect(await theWatermarks().get(from.mailbox)).toMatchObject({ watermark: { lastUid: 40, uidValidity: '17' } });
    const never = sampleWatermark();
    expect(await theWatermarks().move(never, { ...never, lastUid: 50 })).toBe('overtaken');
    expect(await theWatermarks().get(never.mailbox)).toBeUndefined();
  });

  it('does not move a watermark that was lost and created again meanwhile, though it is at the same uid', async () => {
    const now = await created();
    const lost = [
      { ...now, beganAt: NOON },
      { ...now, restart: RESTART },
    ];
    for (const from of lost) {
      expect(await theWatermarks().move(from, { ...from, lastUid: 50 })).toBe('overtaken');
    }
    const resumed = { ...now, restart: { ...RESTART, at: NOON, reason: 'watermark lost' } as const };
    expect(await theWatermarks().move(now, resumed)).toBe('moved');
    for (const from of [now, { ...now, restart: RESTART }]) {
      expect(await theWatermarks().move(from, { ...from, lastUid: 50 })).toBe('overtaken');
    }
    expect((await theWatermarks().get(now.mailbox))?.watermark).toEqual(resumed);
  });

  it('moves to a new uidValidity and remembers the one before, with the history of polls', async () => {
    const from = await created();
    await theWatermarks().recordPoll(from.mailbox, { at: MORNING, uidNext: 41, isComplete: true });
    const restarted = { ...from, uidValidity: '18', lastUid: 3, baselineUid: 3 };
    const earlierRestarts = [{ ...RESTART, mailbox: 'watermarks/Old', uidValidity: '15' }];
    const next = { ...restarted, restart: RESTART, carriedOver: ['watermarks/Old'], earlierRestarts };
    await theWatermarks().move(from, next);
    expect(await theWatermarks().get(from.mailbox)).toMatchObject({
      watermark: next,
      lastPollAt: MORNING,
    });
  });

  it('counts polls and keeps when failing began, until a poll ends well', async () => {
    const { mailbox } = await created();
    await theWatermarks().recordPollFailure(mailbox, { at: MORNING, kind: 'network', text: 'refused' });
    await theWatermarks().recordPollFailure(mailbox, { at: NOON, kind: 'login', text: 'wrong password' });
    expect(await theWatermarks().get(mailbox)).toMatchObject({
      lastPollAt: undefined,
      lastPollError: { kind: 'login', text: 'wrong password', since: MORNING, at: NOON },
      pollsSinceDigest: 2,
      failedPollsSinceDigest: 2,
    });
    await theWatermarks().recordPoll(mailbox, { at: EVENING, uidNext: 44, isComplete: true });
    expect(await theWatermarks().get(mailbox)).toMatchObject({
      lastPollAt: EVENING,
      uidNext: 44,
      lastPollError: undefined,
      pollsSinceDigest: 3,
      failedPollsSinceDigest: 2,
    });
    await theWatermarks().recordPollFailure(mailbox, { at: EVENING, kind: 'network', text: 'refused' });
    expect(await theWatermarks().get(mailbox)).toMatchObject({ lastPollError: { since: EVENING } });
  });

  it('keeps which login was refused, and forgets it with the next failure of another kind', async () => {
    const { mailbox } = await created();
    const refusedLogin = { version: 'first', times: 2, at: MORNING };
    await theWatermarks().recordPollFailure(mailbox, { at: NOON, kind: 'credentials', text: 'no', refusedLogin });
    expect((await theWatermarks().get(mailbox))?.lastPollError).toEqual({
      kind: 'credentials',
      text: 'no',
      since: NOON,
      at: NOON,
      refusedLogin,
    });
    await theWatermarks().recordPollFailure(mailbox, { at: EVENING, kind: 'timeout', text: 'late' });
    expect((await theWatermarks().get(mailbox))?.lastPollError?.refusedLogin).toBeUndefined();
  });

  it('keeps what the server last wanted shown', async () => {
    const { mailbox } = await created();
    const poll = { at: NOON, uidNext: 41, isComplete: true };
    const notice = { text: 'Down at noon', since: MORNING };
    await theWatermarks().recordPoll(mailbox, { ...poll, notice });
    await theWatermarks().recordPoll(mailbox, poll);
    expect((await theWatermarks().get(mailbox))?.notice).toEqual(notice);
    await theWatermarks().recordPoll(mailbox, { ...poll, notice: { text: 'Full', since: NOON } });
    expect((await theWatermarks().get(mailbox))?.notice).toEqual({ text: 'Full', since: NOON });
  });

  it('keeps the last poll that left nothing apart from the last one that ended well', async () => {
    const { mailbox } = await created();
    await theWatermarks().recordPoll(mailbox, { at: MORNING, uidNext: 41, isComplete: true });
    await theWatermarks().recordPoll(mailbox, { at: NOON, uidNext: 900, isComplete: false });
    expect(await theWatermarks().get(mailbox)).toMatchObject({
      lastPollAt: NOON,
      lastCompletePollAt: MORNING,
      uidNext: 900,
      pollsSinceDigest: 2,
    });
  });

  it('keeps since when mail is accounted for', async () => {
    const watermark = { ...sampleWatermark(), accountedSince: MORNING };
    await theWatermarks().create(watermark);
    expect(await theWatermarks().get(watermark.mailbox)).toMatchObject({ watermark });
    await theWatermarks().move(watermark, { ...watermark, accountedSince: undefined });
    expect((await theWatermarks().get(watermark.mailbox))?.watermark?.accountedSince).toBeUndefined();
  });

  it('keeps the figures and findings of the last audit, beside everything else', async () => {
    const watermark = await created();
    const { mailbox } = watermark;
    const first = sampleAudit(mailbox, MORNING);
    await theWatermarks().recordAudit(first);
    expect(await theWatermarks().get(mailbox)).toMatchObject({ watermark, lastAudit: first, pollsSinceDigest: 0 });
    const second = { ...sampleAudit(mailbox, NOON), recovered: 0, findings: [] };
    await theWatermarks().recordAudit(second);
    expect((await theWatermarks().get(mailbox))?.lastAudit).toEqual(second);
  });

  it('keeps an audit from before there was a watermark, and still lets the first poll create one', async () => {
    const watermark = sampleWatermark();
    const report = sampleAudit(watermark.mailbox, MORNING);
    await theWatermarks().recordAudit(report);
    expect(await theWatermarks().create(watermark)).toBe('created');
    expect(await theWatermarks().get(watermark.mailbox)).toMatchObject({ watermark, lastAudit: report });
  });

  it('keeps a failure from before there was a watermark, and still lets the first poll create one', async () => {
    const watermark = sampleWatermark();
    const { mailbox } = watermark;
    await theWatermarks().recordPollFailure(mailbox, { at: MORNING, kind: 'network', text: 'refused' });
    expect(await theWatermarks().get(mailbox)).toMatchObject({ watermark: undefined, failedPollsSinceDigest: 1 });
    expect(await theWatermarks().create(watermark)).toBe('created');
    expect(await theWatermarks().get(mailbox)).toMatchObject({
      watermark,
      lastPollError: { kind: 'network', text: 'refused', since: MORNING, at: MORNING },
      failedPollsSinceDigest: 1,
    });
  });

  it('takes off what a digest reported, and keeps what happened meanwhile', async () => {
    const { mailbox } = await created();
    for (let polls = 0; polls < 3; polls += 1) {
      await theWatermarks().recordPollFailure(mailbox, { at: MORNING, kind: 'network', text: 'refused' });
    }
    const digest = { at: NOON, previousAt: undefined, polls: 2, failedPolls: 2 };
    expect(await theWatermarks().recordDigest(mailbox, digest)).toBe('recorded');
    expect(await theWatermarks().get(mailbox)).toMatchObject({
      lastDigestAt: NOON,
      pollsSinceDigest: 1,
      failedPollsSinceDigest: 1,
    });
  });

  it('counts one of two digests that ran at the same time, so that no count falls below nothing', async () => {
    const { mailbox } = await created();
    await theWatermarks().recordPoll(mailbox, { at: MORNING, uidNext: 41, isComplete: true });
    for (const previousAt of [undefined, NOON]) {
      const digest = { previousAt, polls: 1, failedPolls: 0 };
      const outcomes = await Promise.all([
        theWatermarks().recordDigest(mailbox, { ...digest, at: previousAt ? EVENING : NOON }),
        theWatermarks().recordDigest(mailbox, { ...digest, at: previousAt ? EVENING : NOON }),
      ]);
      expect(outcomes.toSorted()).toEqual(['overtaken', 'recorded']);
      expect(await theWatermarks().get(mailbox)).toMatchObject({ pollsSinceDigest: 0 });
      await theWatermarks().recordPoll(mailbox, { at: EVENING, uidNext: 41, isComplete: true });
    }
  });

  it('takes no digest for one of a mailbox that was lost since the digest read it, gone or begun again', async () => {
    const { mailbox } = sampleWatermark();
    const digest = { at: NOON, previousAt: undefined, polls: 2, failedPolls: 0 };
    expect(await theWatermarks().recordDigest(mailbox, digest)).toBe('overtaken');
    expect(await theWatermarks().recordDigest(mailbox, { ...digest, polls: 0 })).toBe('overtaken');
    expect(await theWatermarks().get(mailbox)).toBeUndefined();
    await theWatermarks().recordPoll(mailbox, { at: NOON, uidNext: 41, isComplete: true });
    expect(await theWatermarks().recordDigest(mailbox, digest)).toBe('overtaken');
    expect(await theWatermarks().recordDigest(mailbox, { ...digest, previousAt: MORNING, polls: 1 })).toBe('overtaken');
    expect(await theWatermarks().get(mailbox)).toMatchObject({ lastDigestAt: undefined, pollsSinceDigest: 1 });
  });
}
