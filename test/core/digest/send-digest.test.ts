import { describe, expect, it } from 'vitest';
import { SETTLED_MS } from '../../../functions/core/digest/limits.ts';
import type { Mailer } from '../../../functions/core/digest/mailer.ts';
import type { Spool } from '../../../functions/core/records/spool.ts';
import { type Fault, faultyPort } from '../../fakes/faulty-port.ts';
import { MAILBOX } from '../../test-world.ts';
import { DEAD_ROUTE, hoursAgo, MISSING_ACCESS, NOW } from './digest-fixtures.ts';
import { digestWorld, newEntry } from './digest-world.ts';

describe('sending a digest', () => {
  it('mails the unknown mail, settles it, archives its segments and begins the counts anew', async () => {
    const { send, mailer, pending, digested, settled, watermarks, journal } = await digestWorld();
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
    const { send, targetChecks } = await digestWorld();
    await targetChecks.record('route/vip', DEAD_ROUTE);
    const { text, html } = await send();
    for (const twin of [text, html]) {
      expect(twin).toContain('Route vip has been dead since Thu 19 Mar, 02:30: Missing Access');
      expect(twin).toContain('Missing Access (check channel 42)');
      expect(twin.indexOf('Route vip has been dead')).toBeLessThan(twin.indexOf('Subject 1.'));
    }
  });

  it('tells that alarms reach nobody, in the subject too, and what to do', async () => {
    const { send, targetChecks } = await digestWorld();
    const check = {
      checkedAt: hoursAgo(0.5),
      state: 'dead',
      since: hoursAgo(29),
      failure: { ...MISSING_ACCESS, text: 'Click the link.' },
    } as const;
    await targetChecks.record('path/alarms', check);
    const { subject, text, html } = await send();
    expect(subject).toBe('Rollcall: ⚠ Alarms have reached nobody since Thu 19 Mar, 03:30');
    for (const twin of [text, html]) {
      expect(twin).toContain('Alarms have reached nobody since Thu 19 Mar, 03:30');
      expect(twin).toContain('Click the link.');
    }
  });

  it('settles nothing before the mail service accepted, and moves nothing before all is settled', async () => {
    const { send, ledger, spool, watermarks, mailer } = await digestWorld();
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
    const { send, mailer } = await digestWorld([]);
    expect(await send()).toMatchObject({ subject: 'Rollcall: nothing new', mailIds: [] });
    expect(mailer.sent).toHaveLength(1);
    expect(mailer.sent[0]?.text).toContain('2 polls, 1 failed.');
  });

  it('goes out when no mailbox was ever read, and says so', async () => {
    const { send, watermarks } = await digestWorld([]);
    const report = await send({ watermarks: { ...watermarks, get: async () => undefined } });
    expect(report.subject).toBe('Rollcall: ⚠ support/INBOX has never been read');
  });

  it('counts every accepted email in exactly one digest', async () => {
    const { send, clock, hasUnknown } = await digestWorld();
    expect((await send()).text).toContain('3 emails received = 0 delivered + 0 undelivered + 3 unknown.');
    await hasUnknown(4, clock.now());
    clock.advance(60_000);
    expect((await send()).text, 'which is too young to be surely in the index').toContain('0 emails received');
    clock.advance(SETTLED_MS);
    expect((await send()).text).toContain('1 email received = 0 delivered + 0 undelivered + 1 unknown.');
    clock.advance(60_000);
    expect((await send()).text).toContain('0 emails received');
  });

  it('counts again what a digest has counted that died before it recorded its window', async () => {
    const { send, digestRuns } = await digestWorld();
    const dying = faultyPort(digestRuns, (call): Fault => (call === 'recordSent' ? 'before' : 'none'));
    await expect(send({ digestRuns: dying })).rejects.toThrow();
    expect((await send()).text).toContain('3 emails received');
  });
});

describe('dead letters', () => {
  it('are told in every digest and not settled by it, also those of a route that left the settings', async () => {
    const { send, ledger } = await digestWorld([]);
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
