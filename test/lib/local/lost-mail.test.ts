import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLossyWorld } from './lossy-world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOTHING_FOUND = { recovered: 0, staleAlerts: 0, staleUnknown: 0, left: 0, findings: [] };
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

function mail(subject: string, receivedAt = new Date()) {
  const header = `From: ada@example.com\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '-')}@example.com>\r\n`;
  return { raw: Buffer.from(`${header}\r\nText.\r\n`), receivedAt };
}

let world: Awaited<ReturnType<typeof startLossyWorld>>;
beforeEach(async () => {
  world = await startLossyWorld([
    mail('urgent long ago', daysAgo(25)),
    mail('urgent one'),
    mail('urgent two'),
    mail('question one'),
    mail('question two'),
  ]);
});
afterEach(() => world.stop());

const accepted = () => world.journal.of('mail accepted').map(({ entry }) => entry.record.subject);

describe('mail that was lost by means that nobody expects', () => {
  it('is found, named and healed by the audit, and posted or carried once', async () => {
    await world.poll();
    await world.deleteEntry(await world.mailIdOf('urgent one'));
    await world.deleteEntry(await world.mailIdOf('question one'));
    world.imap.deliver(mail('urgent skipped').raw);
    world.imap.deliver(mail('question skipped').raw);
    await world.pushWatermark(7);
    await world.purgeQueue();
    await world.deleteSegments();
    await world.ageEntries(27 * HOUR_MS);

    const report = await world.audit();
    expect(report).toMatchObject({
      inMailbox: 7,
      accounted: 3,
      recovered: 4,
      staleAlerts: 2,
      staleUnknown: 1,
      left: 0,
    });
    expect(report.findings.map(({ kind, outcome, subject }) => `${kind}, ${outcome}: ${subject}`).sort()).toEqual([
      'missing, sent: question one',
      'missing, sent: question skipped',
      'missing, sent: urgent one',
      'missing, sent: urgent skipped',
      'stale alert, sent: urgent long ago',
      'stale alert, sent: urgent two',
      'stale unknown, sent: question two',
    ]);
    expect((await world.audit()).findings).toEqual([]);

    expect(await world.poll()).toMatchObject({ accepted: 0 });
    const { posted, carried } = await world.deliver();
    expect(posted.sort()).toEqual(['urgent long ago', 'urgent one', 'urgent skipped', 'urgent two']);
    expect(carried).toEqual(['question one', 'question skipped', 'question two']);
    expect(await world.audit()).toMatchObject({ inMailbox: 7, accounted: 7, ...NOTHING_FOUND });
  });

  it('survives a change of UIDVALIDITY during an outage that is longer than what a poll reads anew', async () => {
    await world.poll();
    await world.deleteEntry(await world.mailIdOf('urgent long ago'));
    await world.purgeQueue();
    await world.ageEntries(20 * DAY_MS);
    await world.agePolls(daysAgo(20));

    world.parameters.put('/support', 'wrong');
    world.imap.setUidValidity(77);
    world.imap.deliver(mail('urgent in the outage').raw);
    await expect(world.poll()).rejects.toMatchObject({ kind: 'credentials' });
    await expect(world.audit()).rejects.toMatchObject({ kind: 'credentials' });
    expect(world.journal.of('audit failed')).toMatchObject([{ failure: { kind: 'credentials' } }]);
    world.parameters.put('/support', 'right');

    // No poll has run since: the audit looks at what that poll will not read, and leaves the rest to it.
    expect(await world.audit()).toMatchObject({
      inMailbox: 1,
      accounted: 0,
      recovered: 1,
      findings: expect.arrayContaining([expect.objectContaining({ kind: 'missing', subject: 'urgent long ago' })]),
    });
    expect(await world.poll()).toMatchObject({ accepted: 1, recognised: 4 });
    expect(await world.watermark()).toMatchObject({ uidValidity: '77', lastUid: 6 });
    expect(await world.audit()).toMatchObject({ inMailbox: 6, accounted: 6, recovered: 0 });
    const known = world.journal.of('mail recognised').length;
    expect(await world.audit()).toMatchObject({ inMailbox: 6, accounted: 6, recovered: 0 });
    expect(world.journal.of('mail recognised'), 'what is known is not fetched again').toHaveLength(known);

    expect(accepted().slice(5)).toEqual(['urgent long ago', 'urgent in the outage']);
    const { posted, carried } = await world.deliver();
    expect(posted.sort()).toEqual(['urgent in the outage', 'urgent long ago', 'urgent one', 'urgent two']);
    expect(carried).toEqual(['question one', 'question two']);
    expect(await world.audit()).toMatchObject({ inMailbox: 6, accounted: 6, ...NOTHING_FOUND });
  });
});
