import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Script = {
  /** Uids in the mailbox, ascending. */
  uids?: readonly number[];
  greeting?: string;
  /**
   * What the server does instead of the ordinary: its answer to a command, or nothing said where it is empty. Undefined
   * leaves the command to the ordinary answer.
   */
  answer?: (command: string, tag: string, socket: Socket) => string | undefined;
};

export type ScriptedImapServer = {
  host: string;
  port: number;
  /** Every command of every connection, without its tag. */
  commands: readonly string[];
  /** Connections that are open now. */
  connections(): Promise<number>;
  stop(): Promise<void>;
};

/** Speaks just enough IMAP by rote to be misused: clear text, one folder, one short mail a uid. */
export async function startScriptedImapServer(script: Script = {}): Promise<ScriptedImapServer> {
  const sockets = new Set<Socket>();
  const commands: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.write(script.greeting ?? '* OK ready\r\n');
    let received = '';
    socket.on('data', (data) => {
      const lines = (received + data.toString('latin1')).split('\r\n');
      received = lines.pop() ?? '';
      for (const line of lines) {
        const [tag = '', ...words] = line.split(' ');
        const command = words.join(' ');
        commands.push(command);
        const answer = script.answer?.(command, tag, socket) ?? ordinaryAnswer(command, tag, script.uids ?? [1, 2]);
        if (answer && socket.writable) socket.write(answer);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    commands,
    connections: async () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

export function ordinaryAnswer(command: string, tag: string, uids: readonly number[]): string {
  const uidNext = (uids.at(-1) ?? 0) + 1;
  if (command.startsWith('UID FETCH')) return `${fetchAnswer(command, uids)}${tag} OK done\r\n`;
  const untagged: Readonly<Record<string, string>> = {
    CAPABILITY: '* CAPABILITY IMAP4rev1\r\n',
    LIST: '* LIST () "/" INBOX\r\n',
    LSUB: '* LSUB () "/" INBOX\r\n',
    STATUS: `* STATUS INBOX (UIDNEXT ${uidNext} UIDVALIDITY 9)\r\n`,
    EXAMINE: `* ${uids.length} EXISTS\r\n* OK [UIDVALIDITY 9] ok\r\n* OK [UIDNEXT ${uidNext}] ok\r\n`,
  };
  const name = Object.keys(untagged).find((known) => command.startsWith(known));
  return `${name ? untagged[name] : ''}${tag} OK done\r\n`;
}

export function fetchAnswer(command: string, uids: readonly number[]): string {
  const set = command.split(' ')[2] ?? '';
  const isTextAsked = !command.includes('PEEK') || command.includes('PEEK[TEXT]');
  return found(set, uids)
    .map((uid) => mailLine(uid, uids.indexOf(uid) + 1, isTextAsked))
    .join('');
}

export function mailLine(uid: number, sequence = uid, hasText = true): string {
  const header = `Subject: email ${uid}\r\n\r\n`;
  const known = `UID ${uid} INTERNALDATE "02-Mar-2026 08:00:00 +0000" RFC822.SIZE ${100 + uid}`;
  const fields = `BODY[HEADER.FIELDS (SUBJECT)] {${header.length}}\r\n${header}`;
  return `* ${sequence} FETCH (${known} ${fields}${hasText ? ` BODY[TEXT]<0> "text ${uid}"` : ''})\r\n`;
}

/** `3:*` and `1:2,7`; `n:*` always finds the last (RFC 3501, 6.4.8). */
function found(set: string, uids: readonly number[]): number[] {
  const last = uids.at(-1) ?? 0;
  const ranges = set.split(',').map((range) => {
    const [first = 0, end = first] = range.split(':').map((number) => (number === '*' ? last : Number(number)));
    return first <= end ? { first, end } : { first: end, end: first };
  });
  return uids.filter((uid) => ranges.some(({ first, end }) => uid >= first && uid <= end));
}
