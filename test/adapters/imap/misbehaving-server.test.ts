import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { imapMailReader } from '../../../functions/adapters/imap/mail-reader.ts';
import type { MailSession } from '../../../functions/core/mail/mail-reader.ts';
import type { MailboxFailureKind } from '../../../functions/core/mail/mailbox-failure.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { MAILS_PER_PAGE, POLL_RESERVE_MS } from '../../../functions/core/poll/poll-limits.ts';
import { HANG_MS } from '../../hang-limit.ts';
import { polledMailbox, testWorld } from '../../test-world.ts';
import {
  fetchAnswer,
  mailLine,
  ordinaryAnswer,
  type Script,
  type ScriptedImapServer,
  startScriptedImapServer,
} from './scripted-imap-server.ts';
import { uidsAbove } from './uids-above.ts';

const TIMEOUT_MS = 400;
/** For a server that behaves: the machine can be busy. */
const PATIENT = { exchangeTimeoutMs: HANG_MS };
const PASSWORD = 'correct-horse-battery-staple';

type Access = { host: string; port: number };
type Options = { tls?: 'implicit' | 'starttls' | 'off'; exchangeTimeoutMs?: number };

function readerOf({ host, port }: Access, { tls = 'off', exchangeTimeoutMs = TIMEOUT_MS }: Options = {}) {
  const credentials = vi.fn(async () => ({ pass: PASSWORD }));
  const account = { account: 'support', host, port, tls, allowSelfSignedCertificate: true, user: 'support' };
  const reader = imapMailReader({ account, credentials, headerFields: [], exchangeTimeoutMs });
  return { ...reader, credentials };
}

/** What every poll asks, in its order. */
async function readAll(session: MailSession): Promise<number[]> {
  await session.status();
  const uids: number[] = [];
  for await (const { mails: page } of session.pages(await uidsAbove(session, 0), MAILS_PER_PAGE)) {
    uids.push(...page.map(({ location }) => location.uid));
  }
  return uids;
}

async function failureOf(
  access: Access,
  options: Options = {},
): Promise<{ kind: MailboxFailureKind; message: string }> {
  const failure: unknown = await readerOf(access, options)
    .visit('INBOX', readAll)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(failure).toMatchObject({ name: 'MailboxFailure', message: expect.not.stringContaining(PASSWORD) });
  return failure as { kind: MailboxFailureKind; message: string };
}

/** Sockets and timers that this process still has. */
function openResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'Timeout');
}

/** Does something else at one command, and the ordinary at all others. */
function at(name: string, instead: (tag: string, socket: Socket, command: string) => string): Script {
  return { answer: (command, tag, socket) => (isAt(name, command) ? instead(tag, socket, command) : undefined) };
}

/** Emails are listed by a UID FETCH as well, up to the last one. */
function isAt(name: string, command: string): boolean {
  const isListing = /^UID FETCH \d+:\*/.test(command);
  return name === 'listing' ? isListing : command.startsWith(name) && !isListing;
}

let server: ScriptedImapServer | undefined;
let resourcesBefore: string[] = [];
beforeEach(() => {
  resourcesBefore = openResources();
});
afterEach(async () => {
  // The reader closes its connection on every way out: the server must not have to.
  await until(async () => ((await server?.connections()) ? 'the connection is still open' : undefined));
  await server?.stop();
  server = undefined;
  await until(() => {
    const left = moreThan(resourcesBefore, openResources());
    return left.length > 0 ? `left open: ${left}` : undefined;
  });
});

/** What is there now and was not before; fewer are fine, since the test runner has timers that come and go. */
function moreThan(before: readonly string[], now: readonly string[]): string[] {
  const known = [...before];
  return now.filter((name) => {
    const index = known.indexOf(name);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}

/** Waits without a timer of its own, which would be found among those that are left. */
async function until(whatIsWrong: () => Promise<string | undefined> | string | undefined): Promise<void> {
  const endsAt = performance.now() + HANG_MS;
  for (;;) {
    const wrong = await whatIsWrong();
    if (!wrong) return;
    if (performance.now() > endsAt) throw new Error(wrong);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function scripted(script: Script): Promise<ScriptedImapServer> {
  server = await startScriptedImapServer(script);
  return server;
}

const STEPS = ['CAPABILITY', 'LOGIN', 'STATUS', 'EXAMINE', 'listing', 'UID FETCH'] as const;

it('a server that behaves is read to the end', async () => {
  const { visit } = readerOf(await scripted({ uids: [1, 2, 5] }));
  expect(await visit('INBOX', readAll)).toEqual([1, 2, 5]);
});

describe('a server that falls silent: timeout', () => {
  it.each(STEPS)('at %s', async (step) => {
    const { kind, message } = await failureOf(await scripted(at(step, () => '')));
    expect({ kind, message }).toEqual({ kind: 'timeout', message: expect.stringContaining('no answer within 0.4 s') });
  });

  it('without a greeting', async () => {
    expect(await failureOf(await scripted({ greeting: ' ' }))).toMatchObject({ kind: 'timeout' });
  });

  it('in the TLS handshake', async () => {
    expect(await failureOf(await scripted({ greeting: ' ' }), { tls: 'implicit' })).toMatchObject({
      kind: 'timeout',
    });
  });

  it('after it agreed to STARTTLS', async () => {
    const access = await scripted({
      answer: (command, tag) => {
        if (command === 'CAPABILITY') return `* CAPABILITY IMAP4rev1 STARTTLS\r\n${tag} OK done\r\n`;
        return undefined;
      },
    });
    expect(await failureOf(access, { tls: 'starttls' })).toMatchObject({ kind: 'timeout' });
  });

  it('in the middle of a FETCH', async () => {
    const access = await scripted(at('UID FETCH', () => '* 1 FETCH (UID 1 BODY[TEXT]<0> {4096}\r\nhalf'));
    expect(await failureOf(access)).toMatchObject({ kind: 'timeout' });
  });

  it('does not look awake because it sends a byte now and then', async () => {
    const access = await scripted(
      at('UID FETCH', (_tag, socket) => {
        const drip = setInterval(() => socket.write('x'), 50);
        socket.on('close', () => clearInterval(drip));
        return '* 1 FETCH (UID 1 BODY[TEXT]<0> {4096}\r\n';
      }),
    );
    expect(await failureOf(access)).toMatchObject({ kind: 'timeout' });
  });
});

describe('a server that drops the connection: closed by server', () => {
  it.each(STEPS)('at %s', async (step) => {
    const access = await scripted(
      at(step, (_tag, socket) => {
        socket.destroy();
        return '';
      }),
    );
    expect(await failureOf(access)).toMatchObject({ kind: 'closed by server' });
  });

  it('with a reset in the middle of a FETCH', async () => {
    const access = await scripted(
      at('UID FETCH', (_tag, socket) => {
        socket.write('* 1 FETCH (UID 1 BODY[TEXT]<0> {4096}\r\nhalf', () => socket.resetAndDestroy());
        return '';
      }),
    );
    expect(await failureOf(access)).toMatchObject({ kind: 'closed by server' });
  });
});

describe('a server that says BYE: bye, with its reason', () => {
  it.each(STEPS)('at %s', async (step) => {
    const access = await scripted(
      at(step, (_tag, socket) => {
        socket.end('* BYE going down for maintenance\r\n');
        return '';
      }),
    );
    const { kind, message } = await failureOf(access);
    expect({ kind, message }).toEqual({ kind: 'bye', message: expect.stringContaining('going down for maintenance') });
  });

  it('instead of a greeting', async () => {
    const access = await scripted({ greeting: '* BYE not today\r\n' });
    const { kind, message } = await failureOf(access);
    expect({ kind, message }).toEqual({ kind: 'bye', message: expect.stringContaining('not today') });
  });

  it('and leaves the connection open', async () => {
    const access = await scripted(at('UID FETCH', () => '* BYE idle for too long\r\n'));
    expect(await failureOf(access)).toMatchObject({ kind: 'bye' });
  });
});

describe('a server that asks for fewer requests: throttled', () => {
  const steps = STEPS.filter((step) => step !== 'CAPABILITY');
  const codes = ['THROTTLED', 'LIMIT'];

  it.each(codes.flatMap((code) => steps.map((step) => ({ code, step }))))('NO [$code] at $step', async (at_) => {
    const access = await scripted(at(at_.step, (tag) => `${tag} NO [${at_.code}] slow down\r\n`));
    const { kind, message } = await failureOf(access);
    expect({ kind, message }).toEqual({ kind: 'throttled', message: expect.stringContaining('slow down') });
  });

  it.each(steps)('with a wait of its own choice at %s, which is left to the next poll', async (step) => {
    const access = await scripted(
      at(step, (tag) => `${tag} BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n`),
    );
    const { kind } = await failureOf(access, PATIENT);
    expect(kind).toBe('throttled');
  });

  it('a login that is refused for now says nothing of the password, which is not read again', async () => {
    const access = await scripted(at('LOGIN', (tag) => `${tag} NO [UNAVAILABLE] directory is down\r\n`));
    const { visit, credentials } = readerOf(access);
    await expect(visit('INBOX', readAll)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(credentials).toHaveBeenCalledTimes(1);
  });
});

describe('a server that refuses', () => {
  it.each<[(typeof STEPS)[number], string, MailboxFailureKind]>([
    ['LOGIN', 'NO [AUTHENTICATIONFAILED] wrong', 'credentials'],
    ['LOGIN', 'NO wrong', 'credentials'],
    ['STATUS', 'NO no such folder', 'folder'],
    ['STATUS', 'NO [NOPERM] not yours', 'folder'],
    ['STATUS', 'NO [UNAVAILABLE] store is down', 'unavailable'],
    ['EXAMINE', 'NO [NOPERM] not yours', 'folder'],
    ['listing', 'NO not now', 'refused'],
    ['listing', 'BAD what', 'refused'],
    ['UID FETCH', 'NO not now', 'refused'],
    ['UID FETCH', 'NO [SERVERBUG] oops', 'unavailable'],
  ])('%s: %s is %s', async (step, refusal, kind) => {
    expect(await failureOf(await scripted(at(step, (tag) => `${tag} ${refusal}\r\n`)))).toMatchObject({ kind });
  });

  it('is not there: connection', async () => {
    const access = await startScriptedImapServer();
    await access.stop();
    expect(await failureOf(access)).toMatchObject({ kind: 'connection' });
  });

  it('offers no STARTTLS where the settings ask for it: tls', async () => {
    const access = await scripted({});
    expect(await failureOf(access, { tls: 'starttls' })).toMatchObject({ kind: 'tls' });
    expect(access.commands.some((command) => command.startsWith('LOGIN'))).toBe(false);
  });
});

describe('a server that sends what is not IMAP: protocol', () => {
  it('a greeting of another protocol', async () => {
    const access = await scripted({ greeting: '220 mail.example.com ESMTP\r\n', answer: () => '502 no\r\n' });
    expect(['protocol', 'timeout']).toContain((await failureOf(access)).kind);
  });

  it.each(['STATUS', 'EXAMINE', 'listing', 'UID FETCH'])(
    'an answer with a tag that nobody sent at %s',
    async (step) => {
      const { kind, message } = await failureOf(await scripted(at(step, () => 'ZZ99 OK done\r\n')));
      expect({ kind, message }).toEqual({ kind: 'protocol', message: expect.stringContaining('ZZ99') });
    },
  );

  it.each([
    '* 1 FETCH (UID 1)\r\n* 2 FETCH (UID (2)\r\n',
    '* 1 FETCH (UID 1)\r\n* 2 FETCH (UID two)\r\n',
    '* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 99999999999)\r\n',
    '* 1 FETCH (UID 1)\r\n* \u0001\u0002 {\r\n',
  ])('a list of uids of which it cannot be known whether it is whole: %j', async (list) => {
    const access = await scripted(at('listing', (tag) => `${list}${tag} OK done\r\n`));
    expect(['protocol', 'incomplete answer']).toContain((await failureOf(access)).kind);
  });

  it('a completion that cannot be read', async () => {
    expect(await failureOf(await scripted(at('UID FETCH', (tag) => `${tag} OK [(\r\n`)))).toMatchObject({
      kind: 'protocol',
    });
  });

  it('binary garbage in the middle of a FETCH: never a mail that is passed over', async () => {
    const garbage = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7_919) % 256)).toString('latin1');
    const access = await scripted(
      at(
        'UID FETCH',
        (tag, _socket, command) => `${mailLine(1)}${garbage}\r\n${fetchAnswer(command, [])}${tag} OK done\r\n`,
      ),
    );
    expect(await readerOf(access).visit('INBOX', readAll)).toEqual([1, 2]);
  });

  it('a literal that is longer than announced', async () => {
    const access = await scripted(
      at(
        'UID FETCH',
        (tag) => `* 1 FETCH (UID 1 BODY[TEXT]<0> {4}\r\nlonger\r\nthan four)\r\n${mailLine(2)}${tag} OK done\r\n`,
      ),
    );
    expect(await readerOf(access).visit('INBOX', readAll)).toEqual([1, 2]);
  });

  it('a literal that is shorter than announced swallows what follows, and is no endless wait', async () => {
    const access = await scripted(
      at('UID FETCH', (tag) => `* 1 FETCH (UID 1 BODY[TEXT]<0> {40000}\r\nfour)\r\n${mailLine(2)}${tag} OK done\r\n`),
    );
    expect(await failureOf(access)).toMatchObject({ kind: 'timeout' });
  });
});

describe('a server that sends more than was asked for: answer too large', () => {
  it('a literal of 20 MB, as soon as it is announced', async () => {
    const access = await scripted(at('UID FETCH', () => '* 1 FETCH (UID 1 BODY[TEXT]<0> {20000000}\r\n'));
    const { kind } = await failureOf(access, PATIENT);
    expect(kind).toBe('answer too large');
  });

  it.each(['CAPABILITY', 'UID FETCH'])('a line without end at %s', async (step) => {
    const megabyte = Buffer.alloc(1_024 * 1_024, 'x');
    const access = await scripted(
      at(step, (_tag, socket) => {
        const more = () => {
          while (!socket.destroyed && socket.write(megabyte));
        };
        socket.on('drain', more);
        more();
        return '';
      }),
    );
    expect(await failureOf(access, PATIENT)).toMatchObject({ kind: 'answer too large' });
  });

  it('a response of many literals, none of them too large', async () => {
    const literal = Buffer.from(`BODY[TEXT]<0> {${15 * 1_024 * 1_024}}\r\n${'x'.repeat(15 * 1_024 * 1_024)}`);
    let sent = 0;
    const access = await scripted(
      at('UID FETCH', (_tag, socket) => {
        const more = () => {
          while (!socket.destroyed && socket.write(literal));
        };
        socket.on('drain', more);
        socket.on('close', () => {
          sent = socket.bytesWritten;
        });
        socket.write('* 1 FETCH (UID 1 ');
        more();
        return '';
      }),
    );
    expect(await failureOf(access, PATIENT)).toMatchObject({ kind: 'answer too large' });
    await until(() => (sent === 0 ? 'the connection is still open' : undefined));
    expect(sent).toBeLessThan(200 * 1_024 * 1_024);
  });

  it('mails that nobody asked for are not handed on', async () => {
    const access = await scripted(
      at('UID FETCH', (tag, _socket, command) => `${mailLine(77)}${fetchAnswer(command, [1, 2])}${tag} OK done\r\n`),
    );
    expect(await readerOf(access).visit('INBOX', readAll)).toEqual([1, 2]);
  });
});

describe('a server whose mail cannot be told apart', () => {
  it.each([
    ['EXAMINE', '* 2 EXISTS\r\n* OK [UIDNEXT 3] ok\r\n'],
    ['EXAMINE', '* 2 EXISTS\r\n* OK [UIDVALIDITY 0] ok\r\n'],
  ])('reports no UIDVALIDITY at %s: no uidValidity, and no mail is read', async (step, untagged) => {
    const access = await scripted(at(step, (tag) => `${untagged}${tag} OK done\r\n`));
    expect(await failureOf(access)).toMatchObject({ kind: 'no uidValidity' });
    expect(access.commands.some((command) => command.startsWith('UID FETCH'))).toBe(false);
  });

  it('has another UIDVALIDITY at EXAMINE than at STATUS: uidValidity changed, and no mail is read', async () => {
    const access = await scripted(
      at('EXAMINE', (tag) => `* 2 EXISTS\r\n* OK [UIDVALIDITY 10] ok\r\n${tag} OK done\r\n`),
    );
    expect(await failureOf(access)).toMatchObject({ kind: 'uidValidity changed' });
    expect(access.commands.some((command) => command.startsWith('UID FETCH'))).toBe(false);
  });

  it('lists emails and hands none out: incomplete answer, and nothing is skipped', async () => {
    const access = await scripted(at('UID FETCH', (tag) => `${tag} OK done\r\n`));
    const { kind, message } = await failureOf(access);
    expect({ kind, message }).toEqual({ kind: 'incomplete answer', message: expect.stringContaining('uid 1') });
  });
});

describe('whatever way the server fails, the poll records it and the next one goes on where this one stood', () => {
  const pages = 3;
  const uids = Array.from({ length: pages * MAILS_PER_PAGE }, (_, index) => index + 1);
  const lateUid = MAILS_PER_PAGE + 1;
  const polled = polledMailbox();

  function world() {
    const { services } = testWorld();
    const poll = (access: Access, remainingMs = () => 300_000, options: Options = {}) =>
      pollMailbox(polled, { ...services, reader: readerOf(access, options) }, remainingMs);
    return { services, poll, health: () => services.watermarks.get(polled.mailbox) };
  }

  const misbehaviours: [MailboxFailureKind, (tag: string, socket: Socket) => string][] = [
    ['timeout', () => ''],
    ['bye', () => '* BYE going down\r\n'],
    ['throttled', (tag) => `${tag} NO [THROTTLED] slow down\r\n`],
    ['unavailable', (tag) => `${tag} NO [UNAVAILABLE] store is down\r\n`],
    ['refused', (tag) => `${tag} NO not now\r\n`],
    ['protocol', () => 'ZZ99 OK done\r\n'],
    ['answer too large', () => '* 501 FETCH (UID 501 BODY[TEXT]<0> {1000000000}\r\n'],
    ['incomplete answer', (tag) => `${tag} OK done\r\n`],
    [
      'closed by server',
      (_tag, socket) => {
        socket.destroy();
        return '';
      },
    ],
  ];

  it.each(misbehaviours)('%s', async (kind, misbehave) => {
    const { services, poll, health } = world();
    let isIll = true;
    let isDown = false;
    const access = await scripted({
      uids,
      answer: (command, tag, socket) => {
        isDown ||= command.startsWith(`UID FETCH ${lateUid}:`);
        return isIll && isDown && isAt('UID FETCH', command) ? misbehave(tag, socket) : undefined;
      },
    });
    const patience = { exchangeTimeoutMs: 2_500 };
    await expect(poll(access, undefined, patience)).rejects.toMatchObject({ kind });
    expect(await health()).toMatchObject({
      watermark: { lastUid: MAILS_PER_PAGE },
      lastPollError: { kind, at: services.clock.now() },
      failedPollsSinceDigest: 1,
    });

    isIll = false;
    expect(await poll(access, undefined, PATIENT)).toMatchObject({
      accepted: (pages - 1) * MAILS_PER_PAGE,
      recognised: 0,
      left: 0,
    });
    expect(await health()).toMatchObject({ watermark: { lastUid: uids.length }, lastPollError: undefined });
    expect(services.ledger.entries()).toHaveLength(uids.length);
  });

  it('a page that hangs when the time is up leaves a good poll of the pages before it', async () => {
    const { services, poll, health } = world();
    const access = await scripted({
      uids,
      answer: (command, tag) =>
        command.startsWith(`UID FETCH ${lateUid}:`) ? mailLine(lateUid) : ordinaryAnswer(command, tag, uids),
    });
    // Until the first page is taken in, there is plenty.
    const remainingMs = () => (services.ledger.entries().length > 0 ? POLL_RESERVE_MS + 300 : 300_000);
    const report = await poll(access, remainingMs, PATIENT);
    expect(report).toMatchObject({ accepted: MAILS_PER_PAGE, left: (pages - 1) * MAILS_PER_PAGE });
    expect(await health()).toMatchObject({ watermark: { lastUid: MAILS_PER_PAGE } });
    expect(services.ledger.entries()).toHaveLength(MAILS_PER_PAGE);
  });

  it('a first page that hangs is recorded before Lambda ends the poll', async () => {
    const { poll, health } = world();
    const access = await scripted({ uids, ...at('UID FETCH', () => mailLine(1)) });
    await expect(poll(access, () => 10_300, PATIENT)).rejects.toMatchObject({ name: 'TimedOut' });
    expect(await health()).toMatchObject({ watermark: { lastUid: 0 }, lastPollError: { kind: 'timed out' } });
  });

  it('a hand-over that takes longer than the server may take is no fault of the server', async () => {
    const { services, poll } = world();
    const access = await scripted({ uids });
    const exchangeTimeoutMs = 3_000;
    let isFirst = true;
    const slowSpool = {
      ...services.spool,
      write: async (segment: Parameters<typeof services.spool.write>[0]) => {
        if (isFirst) await new Promise((resolve) => setTimeout(resolve, exchangeTimeoutMs + 500));
        isFirst = false;
        await services.spool.write(segment);
      },
    };
    const report = await pollMailbox(
      polled,
      { ...services, spool: slowSpool, reader: readerOf(access, { exchangeTimeoutMs }) },
      () => 300_000,
    );
    expect(report).toMatchObject({ accepted: uids.length, left: 0 });
    expect(await poll(access, undefined, PATIENT)).toMatchObject({ accepted: 0, left: 0 });
  });
});

describe('the connection is closed whatever the visitor does', () => {
  it('throws', async () => {
    const broken = new Error('the ledger is away');
    const visit = readerOf(await scripted({})).visit('INBOX', async (session) => {
      await session.status();
      throw broken;
    });
    await expect(visit).rejects.toBe(broken);
  });

  it('leaves the pages with one of them being fetched', async () => {
    const uids = Array.from({ length: 3 }, (_, index) => index + 1);
    const access = await scripted({
      uids,
      answer: (command) => (command.startsWith('UID FETCH 2 ') ? mailLine(2) : undefined),
    });
    const first = await readerOf(access).visit('INBOX', async (session) => {
      for await (const { mails: page } of session.pages(uids, 1)) return page.map(({ location }) => location.uid);
      return [];
    });
    expect(first).toEqual([1]);
  });
});

it('a port behind which nobody accepts is a timeout, and leaves nothing open', async () => {
  // A listener that never accepts: the kernel completes the connection, and the server never speaks.
  const silent = createServer({ pauseOnConnect: true });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const accepted: Socket[] = [];
  silent.on('connection', (socket) => accepted.push(socket));
  const { port } = silent.address() as { port: number };
  expect(await failureOf({ host: '127.0.0.1', port })).toMatchObject({ kind: 'timeout' });
  for (const socket of accepted) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});
