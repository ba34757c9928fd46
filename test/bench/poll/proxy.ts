import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What went through a proxy since it was started. */
export type Traffic = {
  bytesToClient: number;
  /** Times at which the client spoke after the server had: what a client waits for, whatever it sends at once. */
  turns: number;
  /** The client's bytes, for a connection in clear text. */
  sent: Buffer[];
};

export type Proxy = { port: number; traffic: Traffic; stop: () => Promise<void> };

/** A proxy on 127.0.0.1 that passes bytes on in their order, each `delayMs` later, and counts them. */
export async function startProxy(toPort: number, { delayMs }: { delayMs: number }): Promise<Proxy> {
  const traffic: Traffic = { bytesToClient: 0, turns: 0, sent: [] };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(toPort, '127.0.0.1');
    let serverSpokeLast = true;
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay(true));
      // The end of a connection is each side's own business; it reaches the other side as `close`.
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (chunk: Buffer) => {
      if (serverSpokeLast) traffic.turns += 1;
      serverSpokeLast = false;
      traffic.sent.push(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      serverSpokeLast = true;
      traffic.bytesToClient += chunk.length;
    });
    passOn(client, upstream, delayMs);
    passOn(upstream, client, delayMs);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    traffic,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

function passOn(from: Socket, to: Socket, delayMs: number): void {
  if (delayMs === 0) {
    from.pipe(to);
    from.on('close', () => to.destroy());
    return;
  }
  // Timers of equal length fire in the order in which they were set.
  from.on('data', async (chunk: Buffer) => {
    await wait(delayMs);
    to.write(chunk);
  });
  from.on('close', async () => {
    await wait(delayMs);
    to.destroy();
  });
}
