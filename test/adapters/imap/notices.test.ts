import { afterEach, expect, it } from 'vitest';
import { readerAt } from './reader-at.ts';
import { type Script, type ScriptedImapServer, startScriptedImapServer } from './scripted-imap-server.ts';

let server: ScriptedImapServer | undefined;
afterEach(() => server?.stop());

/** What the reader passes on of a visit that asks STATUS and lists. */
async function noticesOf(script: Script): Promise<string[]> {
  server = await startScriptedImapServer(script);
  const notices: string[] = [];
  await readerAt(server, { pass: 'secret word' }).visit(
    'INBOX',
    async (session) => {
      await session.status();
      await session.list(0);
    },
    (text) => notices.push(text),
  );
  return notices;
}

/** Says this before the answer to the command. */
const before = (name: string, said: string): NonNullable<Script['answer']> => {
  return (command, tag) => {
    if (!command.startsWith(name)) return undefined;
    if (name === 'STATUS') return `${said}* STATUS INBOX (UIDNEXT 5 UIDVALIDITY 9)\r\n${tag} OK done\r\n`;
    return `${said}${tag} OK done\r\n`;
  };
};

it('passes on what the server wants shown to the user', async () => {
  expect(await noticesOf({ uids: [4], answer: before('LOGIN', '* OK [ALERT] Down at noon\r\n') })).toEqual([
    'Down at noon',
  ]);
  await server?.stop();
  expect(await noticesOf({ uids: [4], answer: before('STATUS', '* NO [ALERT] Mailbox is at 98%\r\n') })).toEqual([
    'Mailbox is at 98%',
  ]);
});

it('never with the secret, nor with controls', async () => {
  const answer = before('STATUS', '* OK [ALERT] You sent "secret word"\x1b[31m\x07!\r\n');
  const [notice = ''] = await noticesOf({ uids: [4], answer });
  expect(notice).toContain('You sent');
  expect(notice).not.toContain('secret word');
  expect(notice).not.toMatch(/\p{Cc}/u);
});

it('nothing of what is no ALERT', async () => {
  expect(await noticesOf({ uids: [4], answer: before('STATUS', '* OK Still here\r\n') })).toEqual([]);
});
