import { afterEach, describe, expect, it } from 'vitest';
import { readerAt } from './reader-at.ts';
import { type Script, type ScriptedImapServer, startScriptedImapServer } from './scripted-imap-server.ts';

/** How servers behave that are in use; each case is of a public bug report. */

const PASSWORD = 'correct horse & battery=';

let server: ScriptedImapServer | undefined;
afterEach(() => server?.stop());

async function readerOf(script: Script) {
  server = await startScriptedImapServer(script);
  return readerAt(server, { user: 'ada', pass: PASSWORD });
}

async function statusOf(script: Script) {
  return await (await readerOf(script)).visit('INBOX', (session) => session.status());
}

async function failureAt(script: Script): Promise<{ kind: string; message: string }> {
  return await statusOf(script).then(
    () => expect.fail('it did not fail'),
    (error) => error,
  );
}

const answering = (answers: Readonly<Record<string, string>>, uids: readonly number[] = [3, 7]): Script => ({
  uids,
  answer(command, tag) {
    const name = Object.keys(answers).find((known) => command.startsWith(known));
    return name === undefined ? undefined : answers[name]?.replaceAll('TAG', tag);
  },
});

describe('a STATUS that leaves something out', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['UIDNEXT', { STATUS: '* STATUS INBOX (UIDVALIDITY 9)\r\nTAG OK done\r\n' }],
    ['UIDVALIDITY', { STATUS: '* STATUS INBOX (UIDNEXT 8)\r\nTAG OK done\r\n' }],
    ['everything', { STATUS: '* STATUS INBOX ()\r\nTAG OK done\r\n' }],
    [
      'UIDNEXT, as does EXAMINE',
      {
        STATUS: '* STATUS INBOX (UIDVALIDITY 9)\r\nTAG OK done\r\n',
        EXAMINE: '* 2 EXISTS\r\n* OK [UIDVALIDITY 9] ok\r\nTAG OK done\r\n',
      },
    ],
  ])('%s: EXAMINE has it, or the listing', async (_what, answers) => {
    expect(await statusOf(answering(answers))).toEqual({ uidValidity: '9', uidNext: 8 });
  });

  it('UIDNEXT of an empty mailbox is the first uid', async () => {
    const script = answering(
      {
        STATUS: '* STATUS INBOX (UIDVALIDITY 9)\r\nTAG OK done\r\n',
        EXAMINE: '* 0 EXISTS\r\n* OK [UIDVALIDITY 9] ok\r\nTAG OK done\r\n',
      },
      [],
    );
    expect(await statusOf(script)).toEqual({ uidValidity: '9', uidNext: 1 });
  });
});

describe('a login', () => {
  const plain = `\0ada\0${PASSWORD}`;
  const sasl = (capabilities: string, login: string): Script => ({
    uids: [7],
    answer(command, tag, socket) {
      if (command === 'CAPABILITY') return `* CAPABILITY IMAP4rev1 ${capabilities}\r\n${tag} OK done\r\n`;
      if (command.startsWith('LOGIN')) return `${tag} ${login}\r\n`;
      if (command === 'AUTHENTICATE PLAIN') {
        socket.once('data', (data) => {
          const isRight = Buffer.from(data.toString().trim(), 'base64').toString() === plain;
          socket.write(`${tag} ${isRight ? 'OK welcome' : 'NO wrong'}\r\n`);
        });
        return '+ \r\n';
      }
      // The SASL answer itself, which has been answered.
      return command === '' ? '' : undefined;
    },
  });

  it('goes by AUTH=PLAIN where LOGIN is disabled', async () => {
    expect(await statusOf(sasl('LOGINDISABLED AUTH=PLAIN', 'NO disabled'))).toMatchObject({ uidNext: 8 });
    expect(server?.commands.some((command) => command.startsWith('LOGIN'))).toBe(false);
  });

  it('goes by AUTH=PLAIN where the server knows no LOGIN', async () => {
    expect(await statusOf(sasl('AUTH=PLAIN', 'BAD Unknown command'))).toMatchObject({ uidNext: 8 });
  });

  it('that is refused is not tried another way', async () => {
    expect(await failureAt(sasl('AUTH=PLAIN', 'NO [AUTHENTICATIONFAILED] Invalid credentials'))).toMatchObject({
      kind: 'credentials',
    });
    expect(server?.commands.some((command) => command.startsWith('AUTHENTICATE'))).toBe(false);
  });

  it.each([
    ['NO User is authenticated but not connected.', 'unavailable', 'IMAP is switched off'],
    ['NO Server Unavailable. 15', 'unavailable', 'mostly for minutes'],
    ['NO Too many simultaneous connections. (Failure)', 'throttled', 'close some of them'],
    ['NO [ALERT] Maximum number of connections from user+IP exceeded', 'throttled', 'close some of them'],
    ['NO [UNAVAILABLE] Temporary authentication failure.', 'unavailable', 'next poll'],
    ['NO [INUSE] Mailbox is locked', 'unavailable', 'next poll'],
    ['NO [LIMIT] Too much', 'throttled', 'fewer requests'],
    ['NO [AUTHENTICATIONFAILED] Temporarily wrong', 'credentials', 'Renew the secret'],
    ['NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)', 'credentials', 'Renew the secret'],
  ])('answered with "%s" is %s', async (answer, kind, remedy) => {
    const failure = await failureAt(answering({ LOGIN: `TAG ${answer}\r\n` }));
    expect(failure).toMatchObject({ kind, message: expect.stringContaining(remedy) });
    expect(failure.message).toContain(answer.replace(/^NO (?:\[ALERT\] )?/, '').replace(/^\[(\w+)\] /, ''));
  });

  it.each([
    ['it', PASSWORD],
    ['it in a URL', encodeURIComponent(PASSWORD)],
    ['it in a form', new URLSearchParams({ s: PASSWORD }).toString().slice(2)],
    ['it in base64', Buffer.from(PASSWORD).toString('base64')],
    ['the whole command', `in your command: A1 LOGIN ada ${PASSWORD}`],
  ])('whose answer repeats the password, %s, does not show it', async (_how, repeated) => {
    const { message } = await failureAt(answering({ LOGIN: `TAG NO wrong (${repeated})\r\n` }));
    expect(message).not.toContain(PASSWORD);
    expect(message).not.toContain(repeated);
    expect(message).toContain('wrong');
  });

  it('whose answer has controls in it is shown on one line', async () => {
    const { message } = await failureAt(answering({ LOGIN: 'TAG NO so\u202E \x1b[31m wrong\r\n' }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(message).not.toMatch(/[\x00-\x1f\u202E]/);
  });
});

it('a folder that does not exist is named with those that do', async () => {
  const answers = { STATUS: 'TAG NO Mailbox does not exist\r\n', LIST: '* LIST () "/" Archive\r\nTAG OK done\r\n' };
  expect(await failureAt(answering(answers))).toMatchObject({
    kind: 'folder',
    message: expect.stringMatching(/Mailbox does not exist.*There are: Archive/),
  });
});

it('a server that refuses LIST is no obstacle', async () => {
  const reader = await readerOf(answering({ LIST: 'TAG NO not you\r\n', LSUB: 'TAG NO not you\r\n' }));
  const uids = await reader.visit('INBOX', async (session) => (await session.list(0)).map(({ uid }) => uid));
  expect(uids).toEqual([3, 7]);
});
