import { describe, expect, it } from 'vitest';
import type { Mailer } from '../../../functions/core/digest/mailer.ts';
import { type Spool, segmentOf } from '../../../functions/core/records/spool.ts';
import { type Fault, faultyPort, InjectedFault } from '../../fakes/faulty-port.ts';
import { MAILBOX } from '../../test-world.ts';
import { hoursAgo } from './digest-fixtures.ts';
import { digestWorld, newEntry } from './digest-world.ts';

describe('a mail service that refuses', () => {
  it('makes the digest fail and leaves everything where it was', async () => {
    const { send, mailer, pending, settled, watermarks, journal } = await digestWorld();
    mailer.refuse(new Error('MessageRejected: the address is not verified'));
    await expect(send()).rejects.toThrow('MessageRejected');
    expect(settled()).toEqual([]);
    expect(pending()).toHaveLength(3);
    expect(await watermarks.get(MAILBOX)).toMatchObject({ lastDigestAt: undefined, pollsSinceDigest: 2 });
    expect(journal.events).toEqual([]);
  });

  it('costs nothing: the next digest carries it all', async () => {
    const { send, mailer } = await digestWorld();
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
    const { send, ledger, spool, watermarks, mailer, pending, digested, settled } = await digestWorld();
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
    const { send, spool, pending } = await digestWorld([1]);
    await spool.write(segmentOf(MAILBOX, '7', [newEntry(1), newEntry(2)], hoursAgo(1)));
    const { mailIds, text } = await send();
    expect(mailIds).toEqual(['mail-1', 'mail-2']);
    expect(text.split('Subject 1.')).toHaveLength(2);
    expect(pending()).toEqual([]);
  });

  it('is no mail that is settled, but its segment moves', async () => {
    const { send, ledger, pending } = await digestWorld();
    await ledger.settle('mail-2', { at: hoursAgo(1) });
    const { mailIds, text } = await send();
    expect(mailIds).toEqual(['mail-1', 'mail-3']);
    expect(text).not.toContain('Subject 2.');
    expect(pending()).toEqual([]);
  });

  it('is also a mail that the ledger has lost', async () => {
    const { send, ledger } = await digestWorld();
    ledger.forget('mail-2');
    expect((await send()).mailIds).toContain('mail-2');
  });

  it('is nothing of a segment that arrives while it runs; that one stays for the next', async () => {
    const { send, mailer, hasUnknown, pending, settled } = await digestWorld([1]);
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
});

describe('a damaged segment', () => {
  it('is told with its text, does not block its other lines, and is kept byte for byte', async () => {
    const { send, spool, ledger, pending, settled } = await digestWorld([]);
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
    expect(report.subject).toBe('Rollcall: ⚠ 1 unknown email missing from the spool · 1 spool line damaged');
    expect(pending()).toEqual([]);
    expect([...spool.objects.values()]).toEqual([damaged]);
    expect(settled()).toEqual(['mail-2']);

    const next = await send();
    expect(next.subject).toBe('Rollcall: ⚠ 1 unknown email missing from the spool');
    expect(next.text).toContain('Subject 1.');
  });

  it('does not hold what a line too long for any e-mail would: that line is told and kept, and the rest is carried', async () => {
    const { send, spool, pending, digested, settled } = await digestWorld([1]);
    const { key, text } = segmentOf(MAILBOX, '7', [newEntry(2)], hoursAgo(3));
    await spool.write({ key, text: text.replace('Subject 2.', 'x'.repeat(60_000_000)) });
    const report = await send();
    expect(report.subject).toBe('Rollcall: ⚠ 1 spool line damaged');
    expect(report.text).toContain('Line 1: the line is longer than any that is written: {"mailId":"mail-2"');
    expect(settled()).toEqual(['mail-1']);
    expect(pending()).toEqual([]);
    expect(digested()).toHaveLength(2);
  });
});
