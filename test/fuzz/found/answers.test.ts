import { afterEach, describe, expect, it } from 'vitest';
import { imapMailReader } from '../../../functions/adapters/imap/mail-reader.ts';
import type { MailSession } from '../../../functions/core/mail/mail-reader.ts';
import { uidsAbove } from '../../adapters/imap/uids-above.ts';
import { cpuMsSince } from '../../cpu-time.ts';
import type { Answer, Command } from '../answers/correct-answers.ts';
import { type ScriptedServer, scriptedServer } from '../answers/scripted-server.ts';
import { servedMailbox } from '../answers/served-mailbox.ts';
import { randomOf } from '../random.ts';

/** What fuzzing found in the reader, each on a server that does everything right but one thing. */

const mailbox = servedMailbox(randomOf('found', 1, 4));
const uids = mailbox.mails.map(({ uid }) => uid);

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

async function visit<T>(
  change: (command: Command, correct: Answer) => Answer,
  run: (session: MailSession) => Promise<T>,
): Promise<T> {
  server = await scriptedServer();
  server.follow({
    mailbox,
    deliver: (command, correct) => ({ bytes: change(command, correct).join(''), cuts: [], afterwards: 'stay' }),
  });
  const reader = imapMailReader({
    account: {
      account: 'support',
      host: '127.0.0.1',
      port: server.port,
      tls: 'off',
      allowSelfSignedCertificate: false,
      user: 'ann',
    },
    credentials: async () => ({ pass: 'secret' }),
    headerFields: [],
    exchangeTimeoutMs: 5_000,
  });
  return await reader.visit('INBOX', run);
}

const answering =
  (name: string, change: (correct: Answer) => Answer) =>
  (command: Command, correct: Answer): Answer =>
    command.name === name ? change(correct) : correct;

const isListing = ({ name, text }: Command) => name === 'UID FETCH' && /^\d+:\*/.test(text);

const pagesOf = async (session: MailSession) => {
  const pages = [];
  for await (const { mails: page } of session.pages(uids, 500)) pages.push(page);
  return pages;
};

it('these tests have mails to lose', () => {
  expect(uids.length).toBeGreaterThan(2);
});

it('VANISHED with four thousand million uids ends the poll, and costs no more than with a hundred', async () => {
  const cpuMsWith = async (lastUid: number) => {
    const vanished = answering('UID FETCH', (correct) => [`* VANISHED 1:${lastUid}\r\n`, ...correct]);
    const begun = process.cpuUsage();
    await expect(visit(vanished, (session) => uidsAbove(session, 0))).rejects.toMatchObject({
      kind: 'protocol',
      message: expect.stringContaining('VANISHED'),
    });
    return cpuMsSince(begun);
  };
  await cpuMsWith(100);
  const few = await cpuMsWith(100);
  // It took seconds of the processor, and a visit takes some milliseconds.
  expect((await cpuMsWith(4_294_967_295)) / few).toBeLessThan(50);
});

it('BYE between STATUS and EXAMINE is a failure of that kind, not an error that nobody foresaw', async () => {
  const bye = answering('STATUS', (correct) => ['* BYE Idle for too long\r\n', ...correct]);
  const statusAndMore = async (session: MailSession) => {
    await session.status().catch(() => undefined);
    return await uidsAbove(session, 0);
  };
  await expect(visit(bye, statusAndMore)).rejects.toMatchObject({ name: 'MailboxFailure', kind: 'bye' });
});

describe('an answer that lists nothing looks as if there were no mail', () => {
  const silent = (command: Command, correct: Answer) => (isListing(command) ? correct.slice(-1) : correct);

  it('and would set the baseline above all of it', async () => {
    await expect(visit(silent, (session) => session.list(0))).rejects.toMatchObject({ kind: 'incomplete answer' });
  });

  it('and would let the watermark pass a mail that was listed and not handed out', async () => {
    const withholding = (command: Command, correct: Answer) =>
      command.name === 'UID FETCH' && !isListing(command) ? correct.slice(1) : silent(command, correct);
    await expect(visit(withholding, pagesOf)).rejects.toMatchObject({ kind: 'incomplete answer' });
  });
});

it('an email that is not handed out and whose line in the listing cannot be read is not taken for expunged', async () => {
  const unclear = uids[1];
  const unreadable = (command: Command, correct: Answer): Answer => {
    if (command.name !== 'UID FETCH') return correct;
    const listsAll = isListing(command) && command.text.startsWith('1:');
    if (listsAll) return correct;
    return correct.map((response) =>
      response.includes(`UID ${unclear} `) ? response.replace(/^\* \d+/, '* NIL') : response,
    );
  };
  const afterListing = async (session: MailSession) => {
    await session.list(0);
    return await pagesOf(session);
  };
  const pages = await visit(unreadable, afterListing);
  expect(pages.flat().map(({ location }) => location.uid)).toEqual(uids);
});

it('a mail that is gone since it was listed is no incomplete answer', async () => {
  const [gone, ...others] = uids;
  const expunged = (command: Command, correct: Answer): Answer => {
    if (command.name !== 'UID FETCH') return correct;
    const others = correct.filter((response) => !response.includes(`UID ${gone} `));
    return isListing(command) ? ['* 1 EXPUNGE\r\n', ...others] : others;
  };
  const pages = await visit(expunged, pagesOf);
  expect(pages.flat().map(({ location }) => location.uid)).toEqual(others);
});

it.each([
  ['a refusal', (): Answer => ['3 NO no\r\n']],
  ['an answer', (correct: Answer): Answer => correct],
])('a literal of 4 GB behind %s does not end the process', async (_what, answer) => {
  const tooLarge = (correct: Answer): Answer => [...answer(correct), '* OK {4294967295}\r\n'];
  const visited = visit(answering('STATUS', tooLarge), async (session) => {
    await session.status();
  });
  expect(['read', 'MailboxFailure']).toContain(
    await visited.then(
      () => 'read',
      ({ name }) => name,
    ),
  );
});
