import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { imapMailReader } from '../../functions/adapters/imap/mail-reader.ts';
import { MailboxFailure } from '../../functions/core/mail/mailbox-failure.ts';
import { pollMailbox } from '../../functions/core/poll/poll.ts';
import type { StartFrom } from '../../functions/core/poll/watermark-start.ts';
import { polledMailbox, testWorld } from '../test-world.ts';
import { describeWithDovecot } from './describe-with-dovecot.ts';
import { type Dovecot, startDovecot } from './dovecot.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = new Date('2026-03-02T09:00:00Z');

/** An email as it is on the server; `messageId: null` has none. */
type Sent = { subject: string; messageId?: string | null; from?: string; text?: string; receivedAt?: Date };

let sent = 0;
function mail({ subject, messageId, from = 'ada@example.com', text = 'Text', receivedAt = NOW }: Sent) {
  sent += 1;
  const id = messageId === undefined ? `<${sent}@example.com>` : messageId;
  const lines = [
    `From: ${from}`,
    `Subject: ${subject}`,
    'Date: Mon, 2 Mar 2026 08:00:00 +0000',
    ...(id ? [`Message-ID: ${id}`] : []),
    '',
    text,
    '',
  ];
  return { raw: Buffer.from(lines.join('\r\n')), receivedAt };
}

describeWithDovecot('a mail is one mail, wherever it lies on Dovecot and whatever its uid is', () => {
  let dovecot: Dovecot;
  let folder: string;
  let other: string;
  let folders = 0;
  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(() => dovecot.stop());
  beforeEach(async () => {
    folders += 1;
    folder = `Folder ${folders}`;
    other = `Other ${folders}`;
    // One after the other: at once, Dovecot sometimes says of one of them that it exists already.
    await dovecot.createFolder(folder);
    await dovecot.createFolder(other);
  });

  function world() {
    const reader = imapMailReader({
      account: {
        account: 'support',
        host: dovecot.host,
        port: dovecot.imapsPort,
        tls: 'implicit',
        allowSelfSignedCertificate: true,
        user: dovecot.user,
      },
      credentials: async () => ({ pass: dovecot.password }),
      headerFields: [],
      exchangeTimeoutMs: 20_000,
    });
    const { clock, watermark, queued, spooled, ...world } = testWorld({ now: NOW });
    const services = { ...world.services, reader };
    const polled = (name: string, startFrom: StartFrom, formerly?: string) =>
      polledMailbox({ mailbox: `support/${name}`, startFrom, formerly: formerly ? [`support/${formerly}`] : [] });
    return {
      clock,
      services,
      poll: (name = folder, startFrom: StartFrom = 'all', formerly?: string) =>
        pollMailbox(polled(name, startFrom, formerly), services, () => 300_000),
      pollFailing: (failure: Error) =>
        pollMailbox(
          polled(folder, 'all'),
          { ...services, reader: { visit: () => Promise.reject(failure) } },
          () => 300_000,
        ),
      watermark: (name = folder) => watermark(`support/${name}`),
      posted: () => queued('vip'),
      spooled: () => spooled().map(({ subject }) => subject),
    };
  }

  async function asAnotherClient<T>(run: (client: ImapFlow) => Promise<T>): Promise<T> {
    const client = new ImapFlow({
      host: dovecot.host,
      port: dovecot.imapPort,
      secure: false,
      auth: { user: dovecot.user, pass: dovecot.password },
      tls: { rejectUnauthorized: false },
      logger: false,
    });
    await client.connect();
    await client.mailboxOpen(folder);
    const result = await run(client);
    await client.logout();
    return result;
  }

  it('a really changed UIDVALIDITY brings no second post and loses nothing', async () => {
    const { services, poll, posted, spooled, watermark } = world();
    dovecot.deliver(folder, [mail({ subject: 'vip one' }), mail({ subject: 'two' }), mail({ subject: 'vip three' })]);
    await poll();
    const { from, to } = await dovecot.changeUidValidity(folder);
    dovecot.deliver(folder, [mail({ subject: 'vip four' }), mail({ subject: 'five' })]);

    expect(await poll()).toMatchObject({ accepted: 2, recognised: 3, left: 0 });
    expect(posted()).toEqual(['vip one', 'vip three', 'vip four']);
    expect(spooled()).toEqual(['two', 'five']);
    expect(services.journal.of('poll restarted')).toMatchObject([
      { uidValidity: to, rescanFromUid: 1, restart: { reason: 'renumbered', uidValidity: from } },
    ]);
    expect(await watermark()).toMatchObject({ uidValidity: to, lastUid: 5 });
    expect(await poll()).toMatchObject({ accepted: 0, recognised: 0 });
  });

  it('a UIDVALIDITY changed in an outage of three weeks: all mail of the outage is handed over, once', async () => {
    const { clock, services, poll, pollFailing, posted } = world();
    const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS);
    clock.set(daysAgo(21));
    dovecot.deliver(folder, [
      mail({ subject: 'vip long ago', receivedAt: daysAgo(90) }),
      mail({ subject: 'vip before the outage', receivedAt: daysAgo(22) }),
    ]);
    await poll();
    // Received just before the last good poll, and not yet to be seen by it.
    const late = mail({ subject: 'vip late', receivedAt: daysAgo(22) });
    for (let day = 20; day > 0; day -= 1) {
      clock.set(daysAgo(day));
      await expect(pollFailing(new MailboxFailure('connection', 'unreachable'))).rejects.toThrow('unreachable');
    }
    const missed = Array.from({ length: 20 }, (_, index) => index + 1).map((day) => ({ day, subject: `vip ${day}` }));
    dovecot.deliver(folder, [
      late,
      ...missed.map(({ day, subject }) => mail({ subject, receivedAt: daysAgo(21 - day) })),
    ]);
    await dovecot.changeUidValidity(folder);
    clock.set(NOW);

    expect(await poll()).toMatchObject({ accepted: 21, recognised: 1, left: 0 });
    expect(posted().toSorted()).toEqual(
      ['vip long ago', 'vip before the outage', 'vip late', ...missed.map(({ subject }) => subject)].toSorted(),
    );
    expect(services.journal.of('poll restarted')).toMatchObject([{ rescanFromUid: 2 }]);
  });

  it('mail uploaded again under new uids is recognised', async () => {
    const { poll, posted } = world();
    const mails = [mail({ subject: 'vip one' }), mail({ subject: 'vip two' })];
    dovecot.deliver(folder, mails);
    await poll();
    await asAnotherClient(async (client) => {
      for (const { raw } of mails) await client.append(folder, raw);
      await client.messageDelete('1:2', { uid: true });
    });
    expect(await poll()).toMatchObject({ accepted: 0, recognised: 2 });
    expect(posted()).toEqual(['vip one', 'vip two']);
  });

  it('mail copied within its folder is recognised, in the same poll and in a later one', async () => {
    const { poll, posted } = world();
    dovecot.deliver(folder, [mail({ subject: 'vip one' })]);
    await asAnotherClient((client) => client.messageCopy('1', folder, { uid: true }));
    expect(await poll()).toMatchObject({ accepted: 1, recognised: 1 });
    await asAnotherClient((client) => client.messageCopy('1:2', folder, { uid: true }));
    expect(await poll()).toMatchObject({ accepted: 0, recognised: 2 });
    expect(posted()).toEqual(['vip one']);
  });

  it('mail moved between two polled folders of one account is one mail', async () => {
    const { services, poll, posted, spooled } = world();
    dovecot.deliver(folder, [mail({ subject: 'vip one' }), mail({ subject: 'two' })]);
    await poll();
    await dovecot.moveMail(1, folder, other);
    await dovecot.moveMail(2, folder, other);
    expect(await poll(other)).toMatchObject({ accepted: 0, recognised: 2 });
    expect(await poll()).toMatchObject({ accepted: 0, recognised: 0 });
    expect([posted(), spooled()]).toEqual([['vip one'], ['two']]);
    expect(services.ledger.entries().filter(({ copyOf }) => copyOf === undefined)).toHaveLength(2);
  });

  it('the same mail in two folders that are polled at once is posted once', async () => {
    const { poll, posted } = world();
    const same = mail({ subject: 'vip one' });
    dovecot.deliver(folder, [same]);
    dovecot.deliver(other, [same]);
    const reports = await Promise.all([poll(folder), poll(other)]);
    expect(reports.map(({ accepted }) => accepted).toSorted()).toEqual([0, 1]);
    expect(new Set(posted())).toEqual(new Set(['vip one']));
  });

  it('mails without Message-ID are never taken for each other, alike as they may be', async () => {
    const { poll, posted } = world();
    const alike = mail({ subject: 'vip', messageId: null });
    dovecot.deliver(folder, [alike, alike, alike]);
    expect(await poll()).toMatchObject({ accepted: 3, recognised: 0 });
    expect(await poll()).toMatchObject({ accepted: 0 });
    expect(posted()).toHaveLength(3);
  });

  it('mail without Message-ID is recognised after a change of UIDVALIDITY, which is reported; what is new is posted', async () => {
    const { services, poll, posted } = world();
    dovecot.deliver(folder, [mail({ subject: 'vip one', messageId: null }), mail({ subject: 'vip two' })]);
    await poll();
    await dovecot.changeUidValidity(folder);
    dovecot.deliver(folder, [mail({ subject: 'vip three', messageId: null })]);
    expect(await poll()).toMatchObject({ accepted: 1, recognised: 2 });
    expect(posted()).toEqual(['vip one', 'vip two', 'vip three']);
    expect(services.journal.of('poll restarted')).toHaveLength(1);
  });

  it.each<[string, Partial<Sent>]>([
    ['subject', { subject: 'vip another' }],
    ['sender', { from: 'mallory@example.com' }],
  ])('two mails that share a Message-ID and differ in their %s are two mails', async (_what, difference) => {
    const { poll, posted } = world();
    const first = { subject: 'vip', messageId: '<shared@example.com>' };
    dovecot.deliver(folder, [mail(first), mail({ ...first, ...difference })]);
    expect(await poll()).toMatchObject({ accepted: 2, recognised: 0 });
    expect(posted()).toHaveLength(2);
  });

  it('an email whose file cannot be read holds nothing: it is unknown, and taken in once the file is repaired', async () => {
    const { services, poll, posted } = world();
    dovecot.deliver(
      folder,
      ['vip one', 'vip damaged', 'vip three'].map((subject) => mail({ subject })),
    );
    dovecot.damage(folder, 1);
    expect(await poll()).toMatchObject({ accepted: 3, left: 0 });
    expect(posted()).toEqual(['vip one', 'vip three']);
    const [damaged] = services.ledger.entries().filter(({ fingerprint }) => fingerprint === 'withheld');
    expect(damaged).toMatchObject({ route: 'unknown', location: { uid: 2 } });
    expect(damaged?.reason).toMatch(/^the server does not hand it out: ./);
  });

  it('gaps and expunged mail are passed over, and what comes later is read', async () => {
    const { poll, posted, watermark } = world();
    dovecot.deliver(
      folder,
      Array.from({ length: 9 }, (_, index) => mail({ subject: `vip ${index + 1}` })),
    );
    await asAnotherClient((client) => client.messageDelete('1:2,5,8:9', { uid: true }));
    expect(await poll()).toMatchObject({ accepted: 4, uidNext: 10, left: 0 });
    expect(await watermark()).toMatchObject({ lastUid: 9 });
    dovecot.deliver(folder, [mail({ subject: 'vip 10' })]);
    expect(await poll()).toMatchObject({ accepted: 1, left: 0 });
    expect(posted()).toEqual(['vip 3', 'vip 4', 'vip 6', 'vip 7', 'vip 10']);
  });

  it('a folder emptied after it was read is read on from where it stood', async () => {
    const { services, poll, posted } = world();
    dovecot.deliver(folder, [mail({ subject: 'vip one' }), mail({ subject: 'vip two' })]);
    await poll();
    await asAnotherClient((client) => client.messageDelete('1:*'));
    expect(await poll()).toMatchObject({ accepted: 0, uidNext: 3 });
    dovecot.deliver(folder, [mail({ subject: 'vip three' })]);
    expect(await poll()).toMatchObject({ accepted: 1 });
    expect(posted()).toEqual(['vip one', 'vip two', 'vip three']);
    expect(services.journal.of('poll restarted')).toEqual([]);
  });

  it('uids near the end of their range are read once', async () => {
    const { poll, posted, watermark } = world();
    dovecot.deliver(folder, [mail({ subject: 'vip one' })]);
    await poll();
    await dovecot.raiseUidNext(folder, 2 ** 32 - 5);
    dovecot.deliver(folder, [mail({ subject: 'vip two' }), mail({ subject: 'vip three' })]);
    expect(await poll()).toMatchObject({ accepted: 2, uidNext: 2 ** 32 - 3, left: 0 });
    expect(await watermark()).toMatchObject({ lastUid: 2 ** 32 - 4 });
    expect(await poll()).toMatchObject({ accepted: 0, recognised: 0 });
    expect(posted()).toEqual(['vip one', 'vip two', 'vip three']);
  });

  it('a watermark that is lost is resumed from the ledger', async () => {
    const { services, poll, posted, spooled } = world();
    await poll(folder, 'now');
    dovecot.deliver(folder, [mail({ subject: 'vip one' }), mail({ subject: 'two' })]);
    await poll(folder, 'now');
    services.watermarks.forget(`support/${folder}`);
    dovecot.deliver(folder, [mail({ subject: 'vip three' }), mail({ subject: 'four' })]);
    expect(await poll(folder, 'now')).toMatchObject({ accepted: 2, recognised: 2 });
    expect(posted()).toEqual(['vip one', 'vip three']);
    expect(spooled()).toEqual(['two', 'four']);
  });

  it('a folder that was renamed is named by the error, and carried over with what came in between', async () => {
    const { poll, posted } = world();
    dovecot.deliver(folder, [mail({ subject: 'vip before', receivedAt: new Date(NOW.getTime() - 9 * DAY_MS) })]);
    await poll(folder, 'now');
    dovecot.deliver(folder, [mail({ subject: 'vip one' }), mail({ subject: 'vip door', messageId: null })]);
    await poll(folder, 'now');
    const renamed = `${folder} renamed`;
    await dovecot.renameFolder(folder, renamed);
    dovecot.deliver(renamed, [mail({ subject: 'vip between' })]);

    const failure = await poll(folder, 'now').catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'folder' });
    expect(String(failure)).toContain(`replace '${folder}' with { name: '${renamed}', formerly: '${folder}' }`);
    expect(await poll(renamed, 'now', folder)).toMatchObject({ accepted: 1 });
    dovecot.deliver(renamed, [mail({ subject: 'vip after' })]);
    await poll(renamed, 'now', folder);
    expect(posted()).toEqual(['vip one', 'vip door', 'vip between', 'vip after']);
  });

  it('a changed UIDVALIDITY takes in nothing from before accounting began, and posts no email without Message-ID twice', async () => {
    const { poll, posted, clock } = world();
    const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
    dovecot.deliver(folder, [
      mail({ subject: 'vip of yesterday', receivedAt: minutesAgo(24 * 60) }),
      mail({ subject: 'vip of just now', receivedAt: minutesAgo(5) }),
    ]);
    await poll(folder, 'now');
    clock.advance(28 * 60_000);
    dovecot.deliver(folder, [mail({ subject: 'vip door', messageId: null, receivedAt: clock.now() })]);
    await poll(folder, 'now');
    await dovecot.changeUidValidity(folder);
    dovecot.deliver(folder, [mail({ subject: 'vip new', receivedAt: clock.now() })]);
    await poll(folder, 'now');
    expect(posted()).toEqual(['vip door', 'vip new']);
  });
});
