import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Answer, type Command, correctAnswer, GREETING, parseCommand } from './correct-answers.ts';
import type { ServedMailbox } from './served-mailbox.ts';

/** What the server sends instead of a correct answer. */
export type Delivery = {
  bytes: string;
  /** Where the bytes are cut into writes of their own, ascending. */
  cuts: readonly number[];
  /** What happens to the connection after the bytes. */
  afterwards: 'stay' | 'end' | 'reset';
};

export type Script = { mailbox: ServedMailbox; deliver(command: Command, correct: Answer): Delivery };

/** What was asked, and what was sent for it. */
export type Exchange = { command: Command; delivered: string };

export type ScriptedServer = {
  port: number;
  /** Follows this script from now on, and remembers what is said. */
  follow(script: Script): void;
  transcript(): readonly Exchange[];
  /** Resolves as soon as no client is connected. */
  deserted(): Promise<void>;
  close(): Promise<void>;
};

/** An IMAP server on 127.0.0.1 without TLS, for one client at a time and thousands in its life. */
export async function scriptedServer(): Promise<ScriptedServer> {
  let script: Script | undefined;
  let exchanges: Exchange[] = [];
  const sockets = new Set<Socket>();
  let onDeserted: (() => void) | undefined;

  const server = createServer({ noDelay: true }, (socket) => {
    const current = script;
    if (!current) return socket.destroy();
    const said = exchanges;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) onDeserted?.();
    });
    answerCommands(socket, current, said);
    return undefined;
  });
  await listening(server);

  return {
    port: (server.address() as AddressInfo).port,
    follow(next) {
      script = next;
      exchanges = [];
    },
    transcript: () => exchanges,
    deserted: () =>
      new Promise((resolve) => {
        onDeserted = resolve;
        if (sockets.size === 0) resolve();
      }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function answerCommands(socket: Socket, { mailbox, deliver }: Script, said: Exchange[]): void {
  let turn = Promise.resolve();
  const answer = (command: Command, correct: Answer) => {
    const delivery = deliver(command, correct);
    said.push({ command, delivered: delivery.bytes });
    turn = turn.then(() => send(socket, delivery));
  };
  answer({ tag: '', name: 'GREETING', text: '' }, [GREETING]);
  let pending = '';
  socket.setEncoding('latin1');
  socket.on('data', (data: string) => {
    const lines = (pending + data).split('\r\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      const command = parseCommand(line);
      answer(command, correctAnswer(command, mailbox));
    }
  });
}

async function send(socket: Socket, { bytes, cuts, afterwards }: Delivery): Promise<void> {
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (socket.destroyed) return;
    if (to > from) socket.write(Buffer.from(bytes.slice(from, to), 'latin1'));
    from = to;
    // A turn of the event loop in between, so that the client sees the pieces one by one.
    if (to < bytes.length) await new Promise((resolve) => setImmediate(resolve));
  }
  if (afterwards === 'end') socket.end();
  if (afterwards === 'reset') socket.resetAndDestroy();
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}
