import { once } from 'node:events';
import { connect } from 'node:tls';
import { perform } from './task.ts';

/** Longer than any tagged status line. */
const TAIL_BYTES = 1_000;

/** Sends the commands it is given, each when the one before is answered, and throws the bytes away: the floor. */
await perform(async ({ host, port, commands }) => {
  const socket = connect({ host, port, rejectUnauthorized: false });
  socket.setNoDelay(true);
  let tail: Buffer = Buffer.alloc(0);
  let ended = (_line: string) => false;
  let resume = () => {};
  socket.on('data', (chunk: Buffer) => {
    tail =
      chunk.length >= TAIL_BYTES ? chunk.subarray(-TAIL_BYTES) : Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES);
    if (ended(tail.toString('latin1'))) resume();
  });
  const answered = (isEnd: typeof ended) =>
    new Promise<void>((resolve) => {
      ended = isEnd;
      resume = resolve;
    });
  await answered((text) => text.startsWith('* OK') && text.endsWith('\r\n'));
  for (const command of commands) {
    const [tag] = command.split(' ');
    tail = Buffer.alloc(0);
    const answer = answered((text) => new RegExp(`(?:^|\\n)${tag} OK [^\\n]*\\r\\n$`).test(text));
    socket.write(`${command}\r\n`);
    await answer;
  }
  socket.end();
  await once(socket, 'close');
});
