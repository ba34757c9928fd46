import { describe, expect, it } from 'vitest';
import { DIGEST_TIMEOUT_MS, INDEX_LAG_MS } from '../../../functions/core/digest/digest-limits.ts';
import { sendDigest } from '../../../functions/core/digest/send-digest.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { MAILS_PER_PAGE, POLL_RESERVE_MS } from '../../../functions/core/poll/poll-limits.ts';
import type { StartFrom } from '../../../functions/core/poll/watermark-start.ts';
import type { Ledger, MailReader, Watermarks } from '../../../functions/core/ports.ts';
import type { PolledMailbox } from '../../../functions/core/settings/polled-mailbox.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';
import { type Fault, faultyPort } from '../../fakes/faulty-port.ts';
import { memoryDeadLetters } from '../../fakes/memory-dead-letters.ts';
import { memoryDigestRuns } from '../../fakes/memory-digest-runs.ts';
import { memoryLedger } from '../../fakes/memory-ledger.ts';
import { memoryMailbox } from '../../fakes/memory-mailbox.ts';
import { memoryMailer } from '../../fakes/memory-mailer.ts';
import { memoryPathChecks } from '../../fakes/memory-path-checks.ts';
import { memoryRouteChecks } from '../../fakes/memory-route-checks.ts';
import { memoryRouteQueues } from '../../fakes/memory-route-queues.ts';
import { memorySpool } from '../../fakes/memory-spool.ts';
import { memoryWatermarks } from '../../fakes/memory-watermarks.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';
import { classifyBySubject, mailOf } from '../mail/mail-of.ts';
import { AUDIT } from './digest-fixtures.ts';

const MAILBOX = 'support/INBOX';
const at = (uidValidity: string, uid: number) => ({ mailbox: MAILBOX, uidValidity, uid });
const HOUR_MS = 3_600_000;
const polled = {
  mailbox: MAILBOX,
  folder: 'INBOX',
  formerly: [],
  account: { account: 'support', startFrom: 'all' } as PolledMailbox['account'],
} as const;

type PollOptions = { startFrom?: StartFrom; remainingMs?: () => number };

/** A mailbox that is polled, and digests of it. Every hour one mail comes and is posted, and one is unknown. */
function world() {
  const clock = fakeClock();
  const mailbox = memoryMailbox();
  const ledger = memoryLedger();
  const services = {
    reader: mailbox,
    watermarks: memoryWatermarks(),
    ledger,
    routeQueues: memoryRouteQueues(),
    spool: memorySpool(),
    routeChecks: memoryRouteChecks(),
    pathChecks: memoryPathChecks(),
    deadLetters: memoryDeadLetters(),
    digestRuns: memoryDigestRuns(),
    mailer: memoryMailer(),
    classify: classifyBySubject,
    routes: ['vip', 'stripe'],
    clock,
    journal: recordingJournal(),
  };
  const deliver = (subject: string) =>
    mailbox.deliver(
      (uid, uidValidity) => mailOf(uid, uidValidity, { subject, messageId: `<${subject}>` }),
      clock.now(),
    );
  async function post(): Promise<void> {
    for (const { mailId, route } of ledger.entries()) {
      if (route === 'vip') await ledger.settle(mailId, { at: clock.now(), discordMessageId: '1' });
    }
  }
  return {
    ...services,
    clock,
    mailbox,
    deliver,
    poll: async (
      changes: Partial<{ reader: MailReader; watermarks: Watermarks; ledger: Ledger }> = {},
      { startFrom, remainingMs }: PollOptions = {},
    ) => {
      clock.advance(1);
      const account = { ...polled.account, ...(startFrom && { startFrom }) };
      await pollMailbox({ ...polled, account }, { ...services, ...changes }, remainingMs ?? (() => 300_000));
      await post();
    },
    /** The line of the digest that says whether the counts add up. */
    digest: async (changes: Partial<{ ledger: Ledger; watermarks: Watermarks }> = {}) => {
      clock.advance(HOUR_MS);
      const { text, subject } = await sendDigest(
        { ...services, ...changes },
        { mailboxes: [{ mailbox: MAILBOX, everyMinutes: 15 }], routes: ['vip'], timeZone: 'UTC' },
        { holder: 'digest', remainingMs: () => DIGEST_TIMEOUT_MS },
      );
      return { subject, sum: /^.*mails? seen[ ,].*$/m.exec(text)?.[0], text };
    },
    idOf: (subject: string) => ledger.entries().find(({ record }) => record.subject === subject)?.mailId ?? '',
    renumber: (uidValidity: string) =>
      mailbox.renumber(uidValidity, ({ subject, messageId }, uid) => mailOf(uid, uidValidity, { subject, messageId })),
  };
}

const sum = (seen: number, { delivered = 0, undelivered = 0, unknown = 0, recovered = 0 }) =>
  `${seen} mail${seen === 1 ? '' : 's'} seen = ${delivered} delivered + ${undelivered} undelivered + ${unknown} unknown + ${recovered} recovered.`;

describe('what polls have counted and what the ledger holds', () => {
  it('are the same, digest for digest, also hourly', async () => {
    const { deliver, poll, digest } = world();
    deliver('vip 1');
    deliver('a question');
    await poll();
    expect(await digest()).toMatchObject({
      subject: 'Rollcall: 1 unknown · 1 alert delivered',
      sum: sum(2, { delivered: 1, unknown: 1 }),
    });
    deliver('vip 2');
    await poll();
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert delivered', sum: sum(1, { delivered: 1 }) });
    expect(await digest()).toMatchObject({ subject: 'Rollcall: nothing new', sum: sum(0, {}) });
  });

  it.each(['before', 'after'] as const)(
    'are the same after a poll that died %s it moved the watermark',
    async (fault) => {
      const { deliver, poll, digest, watermarks } = world();
      deliver('vip 1');
      const dying = faultyPort(watermarks, (call): Fault => (call === 'move' ? fault : 'none'));
      await expect(poll({ watermarks: dying })).rejects.toThrow();
      deliver('vip 2');
      await poll();
      expect((await digest()).sum).toBe(sum(2, { delivered: 2 }));
    },
  );

  it('are the same where a poll took an email in and died, and it was expunged before the next one', async () => {
    const { deliver, poll, digest, mailbox, watermarks } = world();
    const gone = deliver('a question');
    const dying = faultyPort(watermarks, (call): Fault => (call === 'move' ? 'before' : 'none'));
    await expect(poll({ watermarks: dying })).rejects.toThrow();
    mailbox.expunge(gone.location.uid);
    await poll();
    expect((await digest()).sum).toBe(sum(0, {}));
    deliver('vip 1');
    await poll();
    expect((await digest()).sum).toBe(sum(2, { delivered: 1, unknown: 1 }));
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('are the same where one poll takes an email in and dies while another one begins to rescan', async () => {
    const { deliver, poll, digest, watermarks, ledger, clock } = world();
    await poll();
    const since = clock.now();
    await watermarks.requestRescan(MAILBOX, since);
    deliver('vip 1');
    const dying = faultyPort(watermarks, (call): Fault => (call === 'move' ? 'before' : 'none'));
    let hasRead = false;
    const overtaken: Ledger = {
      ...ledger,
      async *linesAbove(...place) {
        if (!hasRead) {
          hasRead = true;
          // It takes the email in under the same uids, and the rescan has the time of before.
          await watermarks.recordRescan(MAILBOX, since);
          await expect(poll({ watermarks: dying })).rejects.toThrow();
        }
        yield* ledger.linesAbove(...place);
      },
    };
    await poll({ ledger: overtaken });
    expect(hasRead).toBe(true);
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
  });

  it('are the same where a rescan begins twice, and a digest reads the mailbox in between', async () => {
    const { deliver, poll, digest, watermarks, clock } = world();
    deliver('vip 1');
    await poll();
    await watermarks.requestRescan(MAILBOX, clock.now());
    const dying = faultyPort(watermarks, (call): Fault => (call === 'recordRescan' ? 'before' : 'none'));
    await expect(poll({ watermarks: dying })).rejects.toThrow();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    await poll();
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('leave mail to the next digest that a poll takes in under uids that only an audit had met before', async () => {
    const { deliver, poll, digest, renumber, watermarks, clock } = world();
    deliver('vip 1');
    await poll();
    renumber('2000');
    await watermarks.announceRecovery(MAILBOX, { uidValidity: '2000', fromUid: 1, at: clock.now() }, clock.now());
    deliver('vip 2');
    const pollEndsMeanwhile: Watermarks = {
      ...watermarks,
      async get(mailbox) {
        const health = await watermarks.get(mailbox);
        await poll();
        return health;
      },
    };
    expect((await digest({ watermarks: pollEndsMeanwhile })).sum).toBe(sum(1, { delivered: 1 }));
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
  });

  it('count email once that is relocated while the digest reads', async () => {
    const { deliver, poll, digest, watermarks, ledger, clock, idOf } = world();
    deliver('vip 1');
    await poll();
    await watermarks.announceRecovery(MAILBOX, { uidValidity: '2000', fromUid: 1, at: clock.now() }, clock.now());
    const moving: Ledger = {
      ...ledger,
      async *linesAbove(mailbox, uidValidity, uid) {
        if (uidValidity === '2000') await ledger.relocate(idOf('vip 1'), at('1000', 1), at('2000', 1));
        yield* ledger.linesAbove(mailbox, uidValidity, uid);
      },
    };
    expect((await digest({ ledger: moving })).sum).toBe(sum(1, { delivered: 1 }));
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('are the same where a poll begins again and relocates email after a digest has read the mailbox', async () => {
    const { mailbox, poll, digest, renumber, watermarks, clock } = world();
    const nameless = { subject: 'vip 1', messageId: undefined };
    mailbox.deliver((uid, uidValidity) => mailOf(uid, uidValidity, nameless), clock.now());
    await poll();
    renumber('2000');
    let hasPolled = false;
    const pollEndsMeanwhile: Watermarks = {
      ...watermarks,
      async get(name) {
        const health = await watermarks.get(name);
        if (!hasPolled) {
          hasPolled = true;
          await poll();
        }
        return health;
      },
    };
    expect((await digest({ watermarks: pollEndsMeanwhile })).sum).toBe(sum(1, { delivered: 1 }));
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('leave mail that is just being taken in to the next digest', async () => {
    const { deliver, poll, digest, watermarks } = world();
    deliver('vip 1');
    await poll();
    deliver('vip 2');
    const dying = faultyPort(watermarks, (call): Fault => (call === 'move' ? 'before' : 'none'));
    await expect(poll({ watermarks: dying })).rejects.toThrow();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
  });

  it('count mail of a poll that ends while the digest begins there and then, and not as brought back later', async () => {
    const { deliver, poll, digest, watermarks } = world();
    deliver('vip 1');
    await poll();
    await digest();
    deliver('vip 2');
    const pollEndsNow: Watermarks = {
      ...watermarks,
      async get(mailbox) {
        await poll();
        return await watermarks.get(mailbox);
      },
    };
    expect((await digest({ watermarks: pollEndsNow })).sum).toBe(sum(1, { delivered: 1 }));
    expect(await digest()).toMatchObject({ subject: 'Rollcall: nothing new', sum: sum(0, {}) });
  });

  it('are the same where the mailbox is renumbered several times before the next digest', async () => {
    const { deliver, poll, digest, renumber, watermarks } = world();
    deliver('vip 1');
    await poll();
    await digest();
    deliver('vip 2');
    await poll();
    for (const uidValidity of ['2000', '3000', '4000']) {
      renumber(uidValidity);
      deliver(`vip of ${uidValidity}`);
      await poll();
    }
    expect((await digest()).sum).toBe(sum(4, { delivered: 4 }));
    renumber('5000');
    await poll();
    expect((await watermarks.get(MAILBOX))?.watermark).toMatchObject({ unreported: [] });
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('are the same where a digest read the mailbox in the very moment in which its uids changed for the first time', async () => {
    const { deliver, poll, digest, renumber, watermarks } = world();
    deliver('vip 1');
    await poll();
    await digest();
    renumber('2000');
    deliver('vip 2');
    const pollEndsMeanwhile: Watermarks = {
      ...watermarks,
      async get(mailbox) {
        const health = await watermarks.get(mailbox);
        await poll();
        return health;
      },
    };
    expect((await digest({ watermarks: pollEndsMeanwhile })).sum).toBe(sum(0, {}));
    renumber('3000');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
  });

  it('count email once that a digest counted while it was not read again yet under its new uids', async () => {
    const { deliver, poll, digest, renumber, reader, ledger, idOf } = world();
    deliver('vip 1');
    await poll();
    renumber('2000');
    const breaking: MailReader = {
      visit: async (folder, visit) =>
        await reader.visit(folder, async (session) => {
          const uidsAbove = async () => {
            throw new Error('the connection broke');
          };
          return await visit({ ...session, uidsAbove });
        }),
    };
    await expect(poll({ reader: breaking })).rejects.toThrow('the connection broke');
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    await poll();
    // As an audit does.
    const to = { mailbox: MAILBOX, uidValidity: '2000', uid: 1 };
    expect(await ledger.relocate(idOf('vip 1'), at('1000', 1), to)).toBe(true);
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('leave mail to the next digest that a poll takes in under new uids while the digest still reads the old ones', async () => {
    const { deliver, poll, digest, renumber, watermarks } = world();
    deliver('vip 1');
    await poll();
    const pollEndsMeanwhile: Watermarks = {
      ...watermarks,
      async get(mailbox) {
        const health = await watermarks.get(mailbox);
        renumber('2000');
        deliver('vip 2');
        await poll();
        return health;
      },
    };
    expect((await digest({ watermarks: pollEndsMeanwhile })).sum).toBe(sum(1, { delivered: 1 }));
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('count a mail once that lies in the mailbox twice', async () => {
    const { deliver, poll, digest } = world();
    deliver('vip 1');
    await poll();
    deliver('vip 1');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
  });

  it('count nothing again after a change of UIDVALIDITY, wherever the ledger then says that mail lies', async () => {
    const { deliver, poll, digest, renumber, ledger, idOf } = world();
    deliver('vip 1');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    deliver('vip 2');
    await poll();
    renumber('2000');
    deliver('vip 3');
    await poll();
    await ledger.relocate(idOf('vip 1'), at('1000', 1), at('2000', 1));
    await ledger.relocate(idOf('vip 2'), at('1000', 2), at('2000', 2));
    expect((await digest()).sum).toBe(sum(2, { delivered: 2 }));
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('count nothing again where a poll meets mail that the ledger has under its new uid already', async () => {
    const { deliver, poll, digest, renumber, ledger, idOf } = world();
    deliver('vip 1');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    renumber('2000');
    await ledger.relocate(idOf('vip 1'), at('1000', 1), at('2000', 1));
    deliver('vip 2');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
  });

  it('count mail once that the last digest found on its way, where the ledger has it under new uids by the next', async () => {
    const { deliver, poll, digest, renumber, ledger, idOf, watermarks } = world();
    deliver('vip 1');
    const dying = faultyPort(watermarks, (call): Fault => (call === 'move' ? 'before' : 'none'));
    await expect(poll({ watermarks: dying })).rejects.toThrow();
    expect((await digest()).sum).toBe(sum(0, {}));
    renumber('2000');
    await poll();
    await ledger.relocate(idOf('vip 1'), at('1000', 1), at('2000', 1));
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert delivered', sum: sum(1, { delivered: 1 }) });
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('find mail where an audit has put it that met new uids before any poll did', async () => {
    const { deliver, poll, digest, renumber, ledger, idOf, watermarks, clock } = world();
    deliver('vip 1');
    await poll();
    await digest();
    deliver('vip 2');
    await poll();
    renumber('2000');
    await watermarks.announceRecovery(MAILBOX, { uidValidity: '2000', fromUid: 1, at: clock.now() }, new Date(0));
    for (const uid of [1, 2]) await ledger.relocate(idOf(`vip ${uid}`), at('1000', uid), at('2000', uid));
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert delivered', sum: sum(1, { delivered: 1 }) });
    await poll();
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('differ by an entry that the ledger has lost, and the digest says so', async () => {
    const { deliver, poll, digest, ledger, idOf } = world();
    deliver('vip 1');
    deliver('vip 2');
    await poll();
    ledger.forget(idOf('vip 1'));
    const { subject, sum: told } = await digest();
    expect(subject).toBe('Rollcall: ⚠ 1 of 2 emails unaccounted for');
    expect(told).toContain('2 mails seen, but 1 delivered');
    expect(told).toContain('1 mail of those seen unaccounted for');
  });

  it('differ by an entry that no poll has counted, and the digest says so: an audit brought it back and died', async () => {
    const { deliver, poll, digest, ledger, idOf, watermarks, clock } = world();
    deliver('vip 1');
    await poll();
    const known = ledger.entry(idOf('vip 1'));
    const watermark = (await watermarks.get(MAILBOX))?.watermark;
    if (!known || !watermark) throw new Error('The world has no mail, or no watermark.');
    // The watermark was pushed past this one by hand, and the audit that took it in recorded no report.
    await watermarks.move(watermark, { ...watermark, lastUid: 2 });
    await ledger.accept({
      ...known,
      mailId: 'skipped',
      location: { ...known.location, uid: 2 },
      acceptedAt: clock.now(),
    });
    const { subject, sum: told, text } = await digest();
    expect(subject).toBe('Rollcall: ⚠ 1 email in the ledger that no poll has counted');
    expect(text).toContain('! 1 email in the ledger that no poll has counted');
    expect(told).toContain('1 mail in the ledger that nobody has counted');
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert on the way', sum: sum(0, {}) });
  });

  it('add up with what the audit brings back: an entry that was lost, and a mail that no poll has seen', async () => {
    const { deliver, poll, digest, ledger, idOf, watermarks, clock } = world();
    deliver('vip 1');
    deliver('vip 2');
    await poll();
    const entries = ['vip 1', 'vip 2'].map((subject) => ledger.entry(idOf(subject)));
    ledger.forget(idOf('vip 1'));
    const [lost, known] = entries;
    if (!lost || !known) throw new Error('The world has no mails.');
    // The watermark was pushed past this one by hand.
    const watermark = (await watermarks.get(MAILBOX))?.watermark;
    if (!watermark) throw new Error('The world has no watermark.');
    await watermarks.move(watermark, { ...watermark, lastUid: 3 });
    const skipped = { ...known, mailId: 'skipped', location: { ...known.location, uid: 3 } };
    for (const entry of [lost, skipped]) await ledger.accept({ ...entry, acceptedAt: clock.now() });
    const findings = [lost, skipped].map(({ mailId, location, route, record: { from, subject } }) => ({
      kind: 'missing' as const,
      outcome: 'handed over' as const,
      mailId,
      location,
      route,
      from,
      subject,
    }));
    await watermarks.recordAudit({ ...AUDIT, at: clock.now(), accounted: 1202, recovered: 2, findings });
    const { subject, sum: told } = await digest();
    expect(subject).toBe('Rollcall: ⚠ the audit brought back 2 mails of support/INBOX');
    expect(told).toBe(sum(3, { delivered: 1, recovered: 2 }));
  });

  it('add up with a mail of an earlier digest that the audit brings back, though its report was overwritten since', async () => {
    const { deliver, poll, digest, ledger, idOf, watermarks, clock } = world();
    deliver('vip 1');
    await poll();
    await digest();
    const lost = ledger.entry(idOf('vip 1'));
    if (!lost) throw new Error('The world has no mail.');
    await poll();
    ledger.forget(lost.mailId);
    const { uid: fromUid, uidValidity } = lost.location;
    await watermarks.announceRecovery(MAILBOX, { uidValidity, fromUid, at: clock.now() }, new Date(0));
    await ledger.accept({ ...lost, acceptedAt: clock.now() });
    await watermarks.recordAudit({ ...AUDIT, at: clock.now(), recovered: 0 });
    const { subject, sum: told, text } = await digest();
    expect(subject).toBe('Rollcall: ⚠ the audit brought back 1 mail of support/INBOX');
    expect(text).toContain('support/INBOX, uid 1, vip: on its way');
    expect(told).toBe(sum(1, { recovered: 1 }));
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('are read from where the last digest stood, not from the beginning of the ledger', async () => {
    const { deliver, poll, digest, renumber, ledger } = world();
    let read: (readonly [uidValidity: string, aboveUid: number])[] = [];
    const noting: Ledger = {
      ...ledger,
      linesAbove(mailbox, uidValidity, uid) {
        read.push([uidValidity, uid]);
        return ledger.linesAbove(mailbox, uidValidity, uid);
      },
    };
    const readBy = async (): Promise<typeof read> => {
      read = [];
      await poll();
      await digest({ ledger: noting });
      return read;
    };
    deliver('vip 1');
    deliver('vip 2');
    expect(await readBy()).toEqual([['1000', 0]]);
    deliver('vip 3');
    expect(await readBy()).toEqual([['1000', 2]]);
    renumber('2000');
    expect(await readBy()).toEqual([
      ['2000', 0],
      ['1000', 3],
    ]);
    deliver('vip 4');
    expect(await readBy()).toEqual([['2000', 3]]);
  });

  it('are compared once more where the index of the ledger lags behind', async () => {
    const { deliver, poll, digest, ledger, clock } = world();
    deliver('vip 1');
    await poll();
    let looks = 0;
    const lagging: Ledger = {
      ...ledger,
      async *linesAbove(...location) {
        looks += 1;
        if (looks > 1) yield* ledger.linesAbove(...location);
      },
    };
    expect((await digest({ ledger: lagging })).sum).toBe(sum(1, { delivered: 1 }));
    expect(clock.waits).toEqual([INDEX_LAG_MS]);
  });
});

describe('open alerts of what left the settings', () => {
  it('are told: of a route, and of a mailbox', async () => {
    const { deliver, poll, digest, ledger, idOf } = world();
    deliver('vip 1');
    await poll();
    const known = ledger.entry(idOf('vip 1'));
    if (!known) throw new Error('The world has no mail.');
    const { location } = known;
    await ledger.accept({ ...known, mailId: 'one', route: 'retired', location: { ...location, uid: 90 } });
    await ledger.accept({ ...known, mailId: 'two', location: { ...location, mailbox: 'sales/INBOX' } });
    const { subject, text } = await digest();
    expect(subject).toBe(
      'Rollcall: ⚠ 1 alert undelivered for 1 hour (retired: no post was tried) · sales/INBOX left the settings with 1 mail open',
    );
    expect(text).toContain('The route retired is not in the settings any more, so nothing delivers them.');
    expect(text).toContain('Nobody polls or audits it any more.');
  });
});

describe('the counts where polls begin again', () => {
  it('begin where a lost watermark was resumed, and the digest names the loss once', async () => {
    const { deliver, poll, digest, watermarks } = world();
    deliver('vip 1');
    await poll();
    await digest();
    deliver('vip 2');
    await poll();
    watermarks.forget(MAILBOX);
    deliver('vip 3');
    await poll();
    const { subject, sum: told, text } = await digest();
    expect(subject).toBe('Rollcall: ⚠ the watermark of support/INBOX was lost and polls resumed from the ledger');
    expect(text).toContain('Find out what deleted it.');
    expect(told).toBe(sum(1, { delivered: 1 }));
    deliver('vip 4');
    await poll();
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert delivered', sum: sum(1, { delivered: 1 }) });
  });

  it('add up after a rescan, also where the mailbox is renumbered before the digest', async () => {
    const { deliver, poll, digest, watermarks, clock, renumber } = world();
    deliver('vip old');
    clock.advance(HOUR_MS);
    await poll({}, { startFrom: 'now' });
    deliver('vip 1');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    await watermarks.requestRescan(MAILBOX, new Date(0));
    await poll();
    renumber('2000');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('add up after a rescan, also where it takes several polls and digests', async () => {
    const { deliver, poll, digest, watermarks, mailbox, clock } = world();
    for (let count = 0; count < 2 * MAILS_PER_PAGE; count += 1) deliver(`vip old ${count}`);
    clock.advance(HOUR_MS);
    await poll({}, { startFrom: 'now' });
    deliver('vip new');
    deliver('a question');
    await poll();
    expect((await digest()).sum).toBe(sum(2, { delivered: 1, unknown: 1 }));
    expect(mailbox.mails()).toHaveLength(2 * MAILS_PER_PAGE + 2);

    await watermarks.requestRescan(MAILBOX, new Date(clock.now().getTime() - 7 * 24 * HOUR_MS));
    const onePage = { remainingMs: () => POLL_RESERVE_MS - 1 };
    await poll({}, onePage);
    const first = await digest();
    expect(first.subject).toBe('Rollcall: all 500 alerts delivered');
    expect(first.sum).toBe(sum(500, { delivered: 500 }));
    await poll({}, onePage);
    expect((await digest()).sum).toBe(sum(500, { delivered: 500 }));
    await poll();
    deliver('vip last');
    await poll();
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert delivered', sum: sum(1, { delivered: 1 }) });
  });

  it('add up where the server gives out its uids a second time', async () => {
    const { deliver, poll, digest, mailbox } = world();
    for (const subject of ['vip 1', 'vip 2', 'vip 3']) deliver(subject);
    await poll();
    await digest();
    for (const uid of [2, 3]) mailbox.expunge(uid);
    mailbox.renumber('1000', ({ subject, messageId }, uid) => mailOf(uid, '1000', { subject, messageId }));
    deliver('vip after the restore');
    await poll();
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert delivered', sum: sum(1, { delivered: 1 }) });
    expect((await digest()).sum).toBe(sum(0, {}));
  });
});
