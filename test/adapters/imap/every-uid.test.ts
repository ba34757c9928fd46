import { afterEach, expect, it } from 'vitest';
import { imapMailReader } from '../../../functions/adapters/imap/mail-reader.ts';
import { type Script, type ScriptedImapServer, startScriptedImapServer } from './scripted-imap-server.ts';

let server: ScriptedImapServer | undefined;
afterEach(() => server?.stop());

async function everyUid(script: Script): Promise<number[]> {
  server = await startScriptedImapServer(script);
  const reader = imapMailReader({
    account: {
      account: 'support',
      host: server.host,
      port: server.port,
      tls: 'off',
      allowSelfSignedCertificate: true,
      user: 'support',
    },
    credentials: async () => ({ pass: 'secret' }),
    headerFields: [],
    exchangeTimeoutMs: 5_000,
  });
  return await reader.visit('INBOX', (session) => session.everyUid());
}

const uidLines = (uids: readonly number[]) =>
  uids.map((uid, index) => `* ${index + 1} FETCH (UID ${uid})\r\n`).join('');
const fetches = () => (server?.commands ?? []).filter((command) => command.startsWith('FETCH'));

/** A damaged index: SEARCH leaves mail out that FETCH has. */
const searchNames = (uids: readonly number[], fetched: readonly number[]): NonNullable<Script['answer']> => {
  return (command, tag) => {
    if (command.startsWith('UID SEARCH')) return `* SEARCH ${uids.join(' ')}\r\n${tag} OK done\r\n`;
    if (command.startsWith('FETCH')) return `${uidLines(fetched)}${tag} OK done\r\n`;
    return undefined;
  };
};

it('lists every mail by one SEARCH where it names as many as there are', async () => {
  expect(await everyUid({ uids: [3, 4, 9] })).toEqual([3, 4, 9]);
  expect(fetches()).toEqual([]);
});

it('lists nothing where nothing is', async () => {
  expect(await everyUid({ uids: [] })).toEqual([]);
});

it('lists by FETCH what SEARCH leaves out', async () => {
  const uids = [3, 4, 9];
  expect(await everyUid({ uids, answer: searchNames([3, 9], uids) })).toEqual(uids);
  expect(fetches()).toEqual(['FETCH 1:* UID']);
});

it('fails where neither names as many as there are', async () => {
  await expect(everyUid({ uids: [3, 4, 9], answer: searchNames([3, 9], [4, 9]) })).rejects.toMatchObject({
    kind: 'incomplete answer',
    message: expect.stringContaining('of 3 emails the server names 2 by SEARCH and 2 by FETCH'),
  });
});

it('takes a mail for gone that was expunged while FETCH ran', async () => {
  const answer: Script['answer'] = (command, tag) => {
    if (command.startsWith('UID SEARCH')) return `* SEARCH 3 9\r\n${tag} OK done\r\n`;
    if (command.startsWith('FETCH')) return `${uidLines([3, 9])}* 2 EXPUNGE\r\n${tag} OK done\r\n`;
    return undefined;
  };
  expect(await everyUid({ uids: [3, 4, 9], answer })).toEqual([3, 9]);
});
