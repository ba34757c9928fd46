import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { configurationText, filesIn, type OAuth, type Ports } from './configuration.ts';
import { type Account, requiredPathOf } from './installation.ts';

const START_TIMEOUT_MS = 10_000;
const START_TRIES = 3;

/**
 * Runs `dovecot -F` on two free ports and resolves as soon as it greets. Dovecot cannot let the system choose a port, so
 * one that another process takes in between is tried again with others. Throws with the server's log.
 */
export async function startServer(
  folder: string,
  account: Account,
  oauth?: OAuth,
): Promise<{ server: ChildProcess; ports: Ports }> {
  for (let tries = 1; ; tries += 1) {
    const ports = await freePorts();
    writeFileSync(filesIn(folder).configuration, configurationText(folder, account, ports, oauth));
    const server = spawn(requiredPathOf('dovecot'), ['-F', '-c', filesIn(folder).configuration], {
      uid: account.uid,
      gid: account.gid,
      stdio: 'ignore',
    });
    const endWithTests = () => server.kill();
    process.once('exit', endWithTests);
    server.once('exit', () => process.off('exit', endWithTests));

    if (await greets(server, ports.imap)) return { server, ports };
    await endServer(server);
    const log = logOf(folder);
    if (tries === START_TRIES || !log.includes('Address already in use')) {
      throw new Error(`Dovecot did not start in ${folder}; its log says:\n${log}`);
    }
  }
}

/** Asks the process to end and waits until it has. */
export async function endServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill();
  await ended;
}

export function logOf(folder: string): string {
  const { log } = filesIn(folder);
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
}

async function greets(server: ChildProcess, port: number): Promise<boolean> {
  const until = Date.now() + START_TIMEOUT_MS;
  while (server.exitCode === null && server.signalCode === null && Date.now() < until) {
    if (await answers(port)) return true;
    await wait(20);
  }
  return false;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const decide = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (greeting) => decide(greeting.toString().startsWith('* OK')));
    socket.once('error', () => decide(false));
    socket.once('close', () => decide(false));
  });
}

async function freePorts(): Promise<Ports> {
  const listeners = [createServer(), createServer()] as const;
  const [imap, imaps] = await Promise.all([portOf(listeners[0]), portOf(listeners[1])]);
  await Promise.all(listeners.map((listener) => once(listener.close(), 'close')));
  return { imap, imaps };
}

async function portOf(listener: ReturnType<typeof createServer>): Promise<number> {
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  return (listener.address() as AddressInfo).port;
}
