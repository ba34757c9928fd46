import { describe, expect, it } from 'vitest';
import { sendDigest } from '../../../functions/core/digest/send-digest.ts';
import type { NewLedgerEntry } from '../../../functions/core/ledger/ledger-entry.ts';
import { PENDING_PREFIX, segmentOf } from '../../../functions/core/ledger/spool.ts';
import type { Ledger, Mailer, Spool, Watermarks } from '../../../functions/core/ports.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';
import { type Fault, faultyPort, InjectedFault } from '../../fakes/faulty-port.ts';
import { memoryLedger } from '../../fakes/memory-ledger.ts';
import { memoryMailer } from '../../fakes/memory-mailer.ts';
import { memoryRouteChecks } from '../../fakes/memory-route-checks.ts';
import { memorySpool } from '../../fakes/memory-spool.ts';
import { memoryWatermarks } from '../../fakes/memory-watermarks.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';
import { DEAD_ROUTE, entryOf, hoursAgo, MISSING_ACCESS, NOW } from './digest-fixtures.ts';

const MAILBOX = 'support/INBOX';
const SETTINGS = { mailboxes: [{ mailbox: MAILBOX, everyMinutes: 15 }], routes: ['vip'], timeZone: 'Europe/Berlin' };

function newEntry(uid: number, route = 'unknown'): NewLedgerEntry {
  const { record, rule } = entryOf();
  return {
    mailId: `mail-${uid}`,
    location: { mailbox: MAILBOX, uidValidity: '7', uid },
    route,
    rule: route === 'unknown' ? null : rule,
    reason: null,
    record: { ...record, subject: `Subject ${uid}.` },
    acceptedAt: hoursAgo(3),
  };
}

/** A mailbox that was polled, with these unknown mails in the ledger and, a segment each, in the spool. */
async function world(uids: readonly number[] = [1, 2, 3]) {
  const ledger = memoryLedger();
  const spool = memorySpool();
  const watermarks = memoryWatermarks();
  const watermark = { mailbox: MAILBOX, uidValidity: '7', lastUid: 9, baselineUid: 0, baselineAt: hoursAgo(99) };
  await watermarks.create({ ...watermark, previousUidValidity: undefined });
  await watermarks.recordPollFailure(MAILBOX, { at: hoursAgo(1), kind: 'timeout', text: 'It took too long.' });
  await watermarks.recordPoll(MAILBOX, { at: hoursAgo(0.1), uidNext: 10 });
  async function hasUnknown(uid: number) {
    const entry = newEntry(uid);
    await ledger.accept(entry);
    await spool.write(segmentOf(MAILBOX, '7', [entry], hoursAgo(3)));
    await ledger.markDispatched(entry.mailId, hoursAgo(3));
  }
  for (const uid of uids) await hasUnknown(uid);
  const mailer = memoryMailer();
  const routeChecks = memoryRouteChecks();
  const services = {
    ledger,
    spool,
    watermarks,
    routeChecks,
    mailer,
    clock: fakeClock(NOW),
    journal: recordingJournal(),
  };
  const keys = () => [...spool.objects.keys()];
  return {
    ...services,
    hasUnknown,
    send: (changes: Partial<{ ledger: Ledger; spool: Spool; watermarks: Watermarks; mailer: Mailer }> = {}) =>
      sendDigest({ ...services, ...changes }, SETTINGS),
    pending: () => keys().filter((key) => key.startsWith(PENDING_PREFIX)),
    digested: () => keys().filter((key) => !key.startsWith(PENDING_PREFIX)),
    settled: () => ledger.entries().flatMap(({ mailId, state }) => (state === 'settled' ? [mailId] : [])),
  };
}

describe('sending a digest', () => {
  it('mails the unknown mail, settles it, archives its segments and begins the counts anew', async () => {
    const { send, mailer, pending, digested, settled, watermarks, journal } = await world();
    const report = await send();
    expect(report).toMatchObject({ subject: 'Rollcall: 3 unknown', messageId: 'digest-1' });
    expect(report.mailIds.toSorted()).toEqual(['mail-1', 'mail-2', 'mail-3']);
    expect(mailer.sent).toMatchObject([{ subject: report.subject, text: report.text, html: report.html }]);
    for (const subject of ['Subject 1.', 'Subject 2.', 'Subject 3.']) expect(report.text).toContain(subject);
    expect(settled()).toEqual(['mail-1', 'mail-2', 'mail-3']);
    expect(pending()).toEqual([]);
    expect(digested()).toHaveLength(3);
    expect(digested()[0]).toContain('unknowns/digested/2026/03/20/support/INBOX/7-1-1');
    expect(await watermarks.get(MAILBOX)).toMatchObject({
      lastDigestAt: NOW,
      pollsSinceDigest: 0,
      failedPollsSinceDigest: 0,
    });
    expect(journal.of('digest sent')).toMatchObject([{ subject: report.subject, mailIds: report.mailIds }]);
  });

  it('tells of a dead route first, with the reason, though no mail waits for it', async () => {
    const { send, routeChecks } = await world();
    await routeChecks.record('vip', DEAD_ROUTE);
    const { text, html } = await send();
    for (const twin of [text, html]) {
      expect(twin).toContain('Route vip has been dead since Thu 19 Mar, 02:30: Missing Access');
      expect(twin).toContain('Missing Access (check channel 42)');
      expect(twin.indexOf('Route vip has been dead')).toBeLessThan(twin.indexOf('Subject 1.'));
    }
  });

  it('settles nothing before the mail service accepted, and moves nothing before all is settled', async () => {
    const { send, ledger, spool, watermarks, mailer } = await world();
    const calls: string[] = [];
    const noting = (call: string): Fault => {
      calls.push(call);
      return 'none';
    };
    await send({
      ledger: faultyPort(ledger, noting),
      spool: faultyPort<Spool>(spool, noting),
      watermarks: faultyPort(watermarks, noting),
      mailer: faultyPort<Mailer>(mailer, noting),
    });
    const effects = calls.filter((call) => ['send', 'settle', 'archive', 'recordDigest'].includes(call));
    expect(effects).toEqual([
      'send',
      ...['settle', 'settle', 'settle'],
      ...['archive', 'archive', 'archive'],
      'recordDigest',
    ]);
  });

  it('goes out when there is nothing to say', async () => {
    const { send, mailer } = await world([]);
    expect(await send()).toMatchObject({ subject: 'Rollcall: nothing new', mailIds: [] });
    expect(mailer.sent).toHaveLength(1);
    expect(mailer.sent[0]?.text).toContain('2 polls, 1 failed.');
  });

  it('goes out when no mailbox was ever read, and says so', async () => {
    const { send, watermarks } = await world([]);
    const report = await send({ watermarks: { ...watermarks, get: async () => undefined } });
    expect(report.subject).toBe('Rollcall: ⚠ support/INBOX has never been read');
  });

  it('counts the mail since the last digest only', async () => {
    const { send, clock, hasUnknown } = await world();
    expect((await send()).text).toContain('3 mails seen = 0 delivered + 0 waiting + 0 dead + 3 unknown.');
    clock.advance(60_000);
    await hasUnknown(4);
    expect((await send()).text).toContain('0 mails seen');
  });
});

describe('a mail service that refuses', () => {
  it('makes the digest fail and leaves everything where it was', async () => {
    const { send, mailer, pending, settled, watermarks, journal } = await world();
    mailer.refuse(new Error('MessageRejected: the address is not verified'));
    await expect(send()).rejects.toThrow('MessageRejected');
    expect(settled()).toEqual([]);
    expect(pending()).toHaveLength(3);
    expect(await watermarks.get(MAILBOX)).toMatchObject({ lastDigestAt: undefined, pollsSinceDigest: 2 });
    expect(journal.events).toEqual([]);
  });

  it('costs nothing: the next digest carries it all', async () => {
    const { send, mailer } = await world();
    mailer.refuse(new Error('Throttling'));
    await expect(send()).rejects.toThrow();
    mailer.accept();
    expect((await send()).mailIds).toHaveLength(3);
  });
});

describe('a digest that dies', () => {
  const STEPS = ['find', 'get', 'send', 'settle', 'archive', 'recordDigest'];
  const cases = STEPS.flatMap((step) =>
    (['before', 'after'] as const).flatMap((fault) => [1, 2, 3].map((nth) => [fault, nth, step] as const)),
  ).filter(([, nth, step]) => nth === 1 || step === 'settle' || step === 'archive');

  it.each(cases)('%s call %i of %s loses nothing when it is run again', async (fault, nth, step) => {
    const { send, ledger, spool, watermarks, mailer, pending, digested, settled } = await world();
    let count = 0;
    const failing = (call: string): Fault => {
      if (call === step) count += 1;
      // A process that died does nothing more, so whatever comes after the fault fails before its effect.
      if (count > nth || (count === nth && call !== step)) return 'before';
      return count === nth ? fault : 'none';
    };
    const dying = send({
      ledger: faultyPort(ledger, failing),
      spool: faultyPort<Spool>(spool, failing),
      watermarks: faultyPort(watermarks, failing),
      mailer: faultyPort<Mailer>(mailer, failing),
    });
    await expect(dying).rejects.toThrow(InjectedFault);

    const told = mailer.sent.map(({ text }) => text).join();
    for (const mailId of settled()) expect(told).toContain(`Subject ${mailId.slice('mail-'.length)}.`);

    await send();
    const toldInTheEnd = mailer.sent.map(({ text }) => text).join();
    for (const uid of [1, 2, 3]) expect(toldInTheEnd).toContain(`Subject ${uid}.`);
    expect(settled()).toHaveLength(3);
    expect(pending()).toEqual([]);
    expect(digested()).toHaveLength(3);
  });
});

describe('what a digest carries', () => {
  it('is each mail once, in however many segments it stands', async () => {
    const { send, spool, pending } = await world([1]);
    await spool.write(segmentOf(MAILBOX, '7', [newEntry(1), newEntry(2)], hoursAgo(1)));
    const { mailIds, text } = await send();
    expect(mailIds).toEqual(['mail-1', 'mail-2']);
    expect(text.split('Subject 1.')).toHaveLength(2);
    expect(pending()).toEqual([]);
  });

  it('is no mail that is settled, but its segment moves', async () => {
    const { send, ledger, pending } = await world();
    await ledger.settle('mail-2', { at: hoursAgo(1) });
    const { mailIds, text } = await send();
    expect(mailIds).toEqual(['mail-1', 'mail-3']);
    expect(text).not.toContain('Subject 2.');
    expect(pending()).toEqual([]);
  });

  it('is also a mail that the ledger has lost', async () => {
    const { send, ledger } = await world();
    ledger.forget('mail-2');
    expect((await send()).mailIds).toContain('mail-2');
  });

  it('is nothing of a segment that arrives while it runs; that one stays for the next', async () => {
    const { send, mailer, hasUnknown, pending, settled } = await world([1]);
    const slow: Mailer = {
      async send(mail) {
        await hasUnknown(2);
        return await mailer.send(mail);
      },
    };
    expect((await send({ mailer: slow })).mailIds).toEqual(['mail-1']);
    expect(settled()).toEqual(['mail-1']);
    expect(pending()).toHaveLength(1);
    expect((await send()).mailIds).toEqual(['mail-2']);
  });

  it('is as much as one e-mail can hold; the rest waits, and the digest says how much', async () => {
    const { send, spool, pending } = await world([1]);
    const padding = ' '.repeat(7_999_000);
    for (const uid of [2, 3]) {
      const { key, text } = segmentOf(MAILBOX, '7', [newEntry(uid)], hoursAgo(1));
      await spool.write({ key, text: text.replace('\n', `${padding}\n`) });
    }
    const report = await send();
    expect(report.mailIds).toEqual(['mail-1', 'mail-2']);
    expect(report.text).toContain('1 more mail did not fit and will be in the next digest.');
    expect(pending()).toHaveLength(1);
    expect((await send()).mailIds).toEqual(['mail-3']);
    expect(pending()).toEqual([]);
  });
});

describe('a damaged segment', () => {
  it('is told with its text, does not block its other lines, and is kept byte for byte', async () => {
    const { send, spool, ledger, pending, settled } = await world([]);
    for (const uid of [1, 2]) await ledger.accept(newEntry(uid));
    await ledger.markDispatched('mail-1', hoursAgo(3));
    await ledger.markDispatched('mail-2', hoursAgo(3));
    const { key, text } = segmentOf(MAILBOX, '7', [newEntry(1), newEntry(2)], hoursAgo(3));
    const [first = '', second = ''] = text.split('\n');
    const damaged = `${first.slice(0, 40)}\n${second}\n`;
    await spool.write({ key, text: damaged });

    const report = await send();
    expect(report.mailIds).toEqual(['mail-2']);
    expect(report.text).toContain(`Line 1: the line is not JSON: ${first.slice(0, 40)}`);
    expect(report.subject).toBe('Rollcall: ⚠ 1 unknown mail missing from the spool · the spool is damaged · 1 more');
    expect(pending()).toEqual([]);
    expect([...spool.objects.values()]).toEqual([damaged]);
    expect(settled()).toEqual(['mail-2']);

    const next = await send();
    expect(next.subject).toBe('Rollcall: ⚠ 1 unknown mail missing from the spool');
    expect(next.text).toContain('Subject 1.');
  });
});

describe('dead letters', () => {
  it('are told in every digest and not settled by it, also those of a route that left the settings', async () => {
    const { send, ledger } = await world([]);
    for (const [uid, route] of [
      [1, 'vip'],
      [2, 'retired'],
    ] as const) {
      await ledger.accept(newEntry(uid, route));
      await ledger.markDispatched(`mail-${uid}`, hoursAgo(3));
      await ledger.recordDead(`mail-${uid}`, MISSING_ACCESS);
    }
    for (const _ of ['first', 'second']) {
      const { subject, text, mailIds } = await send();
      expect(subject).toBe(
        'Rollcall: ⚠ 2 alerts undelivered for 3 hours (vip: Missing Access; retired: Missing Access)',
      );
      expect(text).toContain(MISSING_ACCESS.text);
      expect(mailIds).toEqual([]);
    }
    expect(ledger.entries().map(({ state }) => state)).toEqual(['dead', 'dead']);
  });
});
