import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { close, originOf } from './listening.ts';

export type LoopbackRequest = { method: string; url: URL; headers: IncomingHttpHeaders; body: string };

export type Answer = { status: number; headers: Readonly<Record<string, string>>; body: string };

export type LoopbackServer = { origin: string; stop(): Promise<void> };

/** Starts an HTTP server on a free port of 127.0.0.1. `reset` ends the connection with a TCP reset. */
export async function startLoopbackServer(
  answer: (request: LoopbackRequest) => Promise<Answer | 'reset'>,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    const deliver = (answered: Answer | 'reset') => {
      if (answered === 'reset') request.socket.resetAndDestroy();
      else response.writeHead(answered.status, answered.headers).end(answered.body);
    };
    readRequest(request)
      .then(answer)
      .then(deliver)
      // Reported to the client: an error in a stand-in must not look like an answer of the real service.
      .catch((error: unknown) => deliver({ status: 500, headers: {}, body: `The stand-in itself failed: ${error}` }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { origin: originOf(server), stop: () => close(server) };
}

async function readRequest(request: IncomingMessage): Promise<LoopbackRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  return {
    method: request.method ?? '',
    url,
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
