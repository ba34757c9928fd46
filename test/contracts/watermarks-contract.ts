import { expect, it } from 'vitest';
import type { Watermark } from '../../functions/core/poll/watermark.ts';
import type { Watermarks } from '../../functions/core/ports.ts';

const MORNING = new Date('2026-03-02T09:00:00.000Z');
const NOON = new Date('2026-03-02T12:00:00.000Z');
const EVENING = new Date('2026-03-02T18:00:00.000Z');

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
      baselineAt: MORNING,
      previousUidValidity: undefined,
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
      lastDigestAt: undefined,
      pollsSinceDigest: 0,
      failedPollsSinceDigest: 0,
    });
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

  it('moves to a new uidValidity and remembers the one before, with the history of polls', async () => {
    const from = await created();
    await theWatermarks().recordPoll(from.mailbox, { at: MORNING, uidNext: 41 });
    const restarted = { ...from, uidValidity: '18', lastUid: 3, baselineUid: 3, baselineAt: NOON };
    await theWatermarks().move(from, { ...restarted, previousUidValidity: '17' });
    expect(await theWatermarks().get(from.mailbox)).toMatchObject({
      watermark: { ...restarted, previousUidValidity: '17' },
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
    await theWatermarks().recordPoll(mailbox, { at: EVENING, uidNext: 44 });
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
    await theWatermarks().recordDigest(mailbox, { at: NOON, polls: 2, failedPolls: 2 });
    expect(await theWatermarks().get(mailbox)).toMatchObject({
      lastDigestAt: NOON,
      pollsSinceDigest: 1,
      failedPollsSinceDigest: 1,
    });
  });
}
