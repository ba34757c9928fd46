import { createServer, connect as openSocket, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imapMailReader } from '../../functions/adapters/imap/mail-reader.ts';
import { pollMailbox } from '../../functions/core/poll/poll.ts';
import { MAILS_PER_PAGE, POLL_RESERVE_MS } from '../../functions/core/poll/poll-limits.ts';
import { parseSegment } from '../../functions/core/records/spool.ts';
import { startScriptedImapServer } from '../adapters/imap/scripted-imap-server.ts';
import { polledMailbox, testWorld } from '../test-world.ts';
import { describeWithDovecot } from './describe-with-dovecot.ts';
import { type Dovecot, startDovecot } from './dovecot.ts';

const BACKLOG_MAILS = 100_000;
const FILES_TIMEOUT_MS = 300_000;
const INVOCATIONS = 5;
const VIP_EVERY = 10;

const polled = polledMailbox();

const world = () => testWorld().services;

function readerOf({ host, port }: { host: string; port: number }, dovecot?: Dovecot) {
  return imapMailReader({
    account: {
      account: 'support',
      host,
      port,
      tls: 'off',
      allowSelfSignedCertificate: true,
      user: dovecot?.user ?? 'support',
    },
    credentials: async () => ({ pass: dovecot?.password ?? 'secret' }),
    headerFields: [],
    exchangeTimeoutMs: 60_000,
  });
}

function mailNumber(n: number): Buffer {
  const subject = n % VIP_EVERY === 0 ? `vip ${n}` : `bulk ${n}`;
  return Buffer.from(
    `From: ada@example.com\r\nSubject: ${subject}\r\nMessage-ID: <${n}@example.com>\r\n\r\nText ${n}\r\n`,
  );
}

describeWithDovecot(`a backlog of ${BACKLOG_MAILS.toLocaleString('en')} mails on Dovecot`, () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    dovecot.deliver(
      'INBOX',
      Array.from({ length: BACKLOG_MAILS }, (_, index) => mailNumber(index + 1)),
    );
  }, FILES_TIMEOUT_MS);
  afterAll(() => dovecot.stop(), FILES_TIMEOUT_MS);

  it('is worked off over several invocations, each mail accepted once and the watermark behind full pages', async () => {
    const services = world();
    const reader = readerOf({ host: dovecot.host, port: dovecot.imapPort }, dovecot);
    const pagesEach = Math.ceil(BACKLOG_MAILS / MAILS_PER_PAGE / INVOCATIONS);
    const mailsEach = pagesEach * MAILS_PER_PAGE;
    const lastUid = async () => (await services.watermarks.get(polled.mailbox))?.watermark?.lastUid ?? 0;

    for (let invocation = 1; invocation <= INVOCATIONS; invocation += 1) {
      let pages = 0;
      const watermarks: typeof services.watermarks = {
        ...services.watermarks,
        move: (from, to) => {
          pages += 1;
          return services.watermarks.move(from, to);
        },
      };
      const remainingMs = () => (pages < pagesEach ? 300_000 : POLL_RESERVE_MS - 1);
      const report = await pollMailbox(polled, { ...services, watermarks, reader }, remainingMs);

      const done = Math.min(invocation * mailsEach, BACKLOG_MAILS);
      expect(report).toMatchObject({ recognised: 0, left: BACKLOG_MAILS - done });
      expect(await lastUid()).toBe(done);
    }
    expect(await pollMailbox(polled, { ...services, reader }, () => 300_000)).toMatchObject({ accepted: 0, left: 0 });

    const accepted = services.journal.of('mail accepted').map(({ entry }) => entry.location.uid);
    expect(accepted).toHaveLength(BACKLOG_MAILS);
    expect(new Set(accepted).size).toBe(BACKLOG_MAILS);
    const alerts = services.routeQueues.sent('vip').map(({ location }) => location.uid);
    const unknown = [...services.spool.objects.values()]
      .flatMap((text) => parseSegment(text).lines)
      .map(({ uid }) => uid);
    expect([alerts.length, unknown.length]).toEqual([
      BACKLOG_MAILS / VIP_EVERY,
      BACKLOG_MAILS - BACKLOG_MAILS / VIP_EVERY,
    ]);
    expect(new Set([...alerts, ...unknown]).size).toBe(BACKLOG_MAILS);
    expect(services.ledger.entries().every(({ state }) => state === 'dispatched')).toBe(true);
  });

  it('with attachments of 20 MB: they stay on the server', async () => {
    await dovecot.createFolder('Heavy');
    const attachment = Buffer.alloc(20 * 1_024 * 1_024, 'QUJD'.repeat(19).concat('\r\n')).toString('latin1');
    const heavy = (n: number) =>
      Buffer.from(
        [
          `From: ada@example.com\r\nSubject: heavy ${n}\r\nMessage-ID: <heavy-${n}@example.com>`,
          'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n',
          `--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${attachment}`,
          `--b\r\nContent-Type: text/plain\r\n\r\nText behind the attachment ${n}\r\n--b--\r\n`,
        ].join('\r\n'),
      );
    dovecot.deliver('Heavy', [heavy(1), heavy(2), heavy(3)]);
    const proxy = await countingProxy(dovecot.imapPort);
    const mails = await readerOf(proxy, dovecot).visit('Heavy', async (session) => {
      const read: { subject: string; snippet: string }[] = [];
      for await (const { mails: page } of session.pages([1, 2, 3], MAILS_PER_PAGE)) read.push(...page);
      return read.map(({ subject, snippet }) => ({ subject, snippet }));
    });
    await proxy.stop();
    expect(mails).toEqual(
      [1, 2, 3].map((n) => ({ subject: `heavy ${n}`, snippet: `Text behind the attachment ${n}` })),
    );
    expect(proxy.bytesFromServer()).toBeLessThan(100_000);
  });
});

describe('what a poll holds of a mailbox', () => {
  it('is the page in hand and one ahead, however many there are', async () => {
    const uids = Array.from({ length: 10 * MAILS_PER_PAGE }, (_, index) => index + 1);
    const server = await startScriptedImapServer({ uids });
    const pagesAskedFor = () =>
      Math.max(...server.commands.map((command) => Number(/^UID FETCH \d+:(\d+)/.exec(command)?.[1] ?? 0))) /
      MAILS_PER_PAGE;
    const held: number[] = [];
    const services = world();
    const spool: typeof services.spool = {
      ...services.spool,
      async write(segment) {
        // All that was going to be asked for is asked for by now: the turns below are many more than a fetch takes.
        for (let turn = 0; turn < 2_000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        held.push(pagesAskedFor() - held.length);
        await services.spool.write(segment);
      },
    };
    await pollMailbox(polled, { ...services, spool, reader: readerOf(server) }, () => 300_000);
    expect(held).toEqual([...Array(9).fill(2), 1]);
    await server.stop();
  });
});

/** Passes everything on to a port of 127.0.0.1 and counts what comes back. */
async function countingProxy(to: number) {
  let bytes = 0;
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const upstream = openSocket(to, '127.0.0.1');
    sockets.push(client, upstream);
    upstream.on('data', (data) => {
      bytes += data.length;
    });
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    host: '127.0.0.1',
    port: (proxy.address() as { port: number }).port,
    bytesFromServer: () => bytes,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
