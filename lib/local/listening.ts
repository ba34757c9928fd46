import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The address of a server that listens on 127.0.0.1. */
export function originOf(server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

/** Ends the server with all its connections: SDK clients keep theirs open. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
  server.closeAllConnections();
  await closed;
}
