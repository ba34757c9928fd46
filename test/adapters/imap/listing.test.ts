import { afterEach, expect, it } from 'vitest';
import { readerAt } from './reader-at.ts';
import { type Script, type ScriptedImapServer, startScriptedImapServer } from './scripted-imap-server.ts';
import { uidsAbove } from './uids-above.ts';

let server: ScriptedImapServer | undefined;
afterEach(() => server?.stop());

async function listed(script: Script, aboveUid = 0): Promise<number[]> {
  server = await startScriptedImapServer(script);
  return await readerAt(server).visit('INBOX', (session) => uidsAbove(session, aboveUid));
}

/** Answers the listing with these uids. */
const lists = (uids: readonly number[], more = '', firstNumber = 1): NonNullable<Script['answer']> => {
  const lines = uids.map((uid, index) => `* ${firstNumber + index} FETCH (UID ${uid})\r\n`).join('');
  return (command, tag) => (command.startsWith('UID FETCH') ? `${lines}${more}${tag} OK done\r\n` : undefined);
};

it('lists all email by one FETCH, which servers do not cap as they cap SEARCH', async () => {
  expect(await listed({ uids: [3, 4, 9] })).toEqual([3, 4, 9]);
  expect(server?.commands.filter((command) => command.startsWith('UID '))).toEqual([
    'UID FETCH 1:* (UID INTERNALDATE RFC822.SIZE)',
  ]);
});

it('lists nothing where nothing is, and does not ask for the last of no emails', async () => {
  expect(await listed({ uids: [] })).toEqual([]);
  expect(server?.commands.some((command) => command.startsWith('UID '))).toBe(false);
});

it('lists what is above a uid, though the server always names the last email', async () => {
  expect(await listed({ uids: [3, 4, 9] }, 4)).toEqual([9]);
  expect(await listed({ uids: [3, 4, 9] }, 9)).toEqual([]);
});

it.each([
  ['less than the server says there is', 0, [3, 9], '2 of the last 3'],
  ['nothing, though the last email is always listed', 9, [], '0 of the last 1'],
  ['an earlier email without the last one, which a poll would pass for good', 3, [4], '1 of the last 2'],
])('an answer that names %s is no answer', async (_what, aboveUid, uids, counts) => {
  const firstNumber = [3, 4, 9].indexOf(uids[0] ?? 9) + 1;
  await expect(listed({ uids: [3, 4, 9], answer: lists(uids, '', firstNumber) }, aboveUid)).rejects.toMatchObject({
    kind: 'incomplete answer',
    message: expect.stringContaining(`the server has 3 emails and lists ${counts}`),
  });
});

it('lists by uid alone what the server leaves out where it has to tell a date and a size', async () => {
  const answer: Script['answer'] = (command, ...rest) =>
    command.includes('INTERNALDATE') ? lists([3, 4])(command, ...rest) : undefined;
  expect(await listed({ uids: [3, 4, 9], answer })).toEqual([3, 4, 9]);
});

it.each([
  ['names one email under the number of another', '* 2 FETCH (UID 9)\r\n* 2 FETCH (UID 12)\r\n'],
  ['names emails out of their order', '* 2 FETCH (UID 12)\r\n* 3 FETCH (UID 9)\r\n'],
])('an answer that %s is no answer', async (_what, lines) => {
  const answer: Script['answer'] = (command, tag) =>
    command.startsWith('UID FETCH') ? `* 1 FETCH (UID 3)\r\n${lines}${tag} OK done\r\n` : undefined;
  await expect(listed({ uids: [3, 4, 9], answer })).rejects.toMatchObject({ kind: 'incomplete answer' });
});

it('passes over what the server reports of other emails of its own accord', async () => {
  const answer: Script['answer'] = (command, tag) =>
    command.startsWith('UID FETCH')
      ? `* 1 FETCH (UID 3 FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS ())\r\n* 3 FETCH (UID 9)\r\n${tag} OK done\r\n`
      : undefined;
  expect(await listed({ uids: [3, 4, 9], answer }, 4)).toEqual([9]);
});

it('takes an email for gone that was expunged meanwhile', async () => {
  expect(await listed({ uids: [3, 4, 9], answer: lists([3, 9], '* 2 EXPUNGE\r\n') })).toEqual([3, 9]);
});

it('puts together what several responses say of one email', async () => {
  const answer: Script['answer'] = (command, tag) => {
    if (!command.startsWith('UID FETCH')) return undefined;
    const date = '* 1 FETCH (UID 3 INTERNALDATE "02-Mar-2026 08:00:00 +0000")\r\n';
    return `${date}* 1 FETCH (UID 3 RFC822.SIZE 100)\r\n* 2 FETCH (UID 4)\r\n* 3 FETCH (UID 9)\r\n${tag} OK done\r\n`;
  };
  expect(await listed({ uids: [3, 4, 9], answer })).toEqual([3, 4, 9]);
});
