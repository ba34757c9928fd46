import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import type { LocalWorld } from './local-world.ts';

const POLL_EVERY_MS = 5_000;
/** In AWS it is every hour; here a person is waiting to see a channel recover. */
const CHECK_ROUTES_EVERY_MS = 60_000;

/** Polls every few seconds and checks the routes every minute until Ctrl-C; `d` and Enter audits and sends a digest. */
export async function keepRunning(world: LocalWorld, print: (line: string) => void): Promise<void> {
  print(addressesOf(world));
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line.trim() !== 'd') return;
    // As in AWS, where the audit runs before the digest that reports it; its failures are in the journal.
    const digest = world.pipeline.audit().then(() => world.pipeline.digest());
    digest.catch((error: unknown) => print(styleText('red', `The digest failed: ${error}`)));
  });
  const tellTrouble = (error: unknown) => {
    // If the servers stop during a check, its error means nothing.
    if (!stopping.signal.aborted) print(styleText('red', String(error)));
  };
  const checkRoutes = () => world.pipeline.checkRoutes().catch(tellTrouble);
  repeat(CHECK_ROUTES_EVERY_MS, stopping.signal, checkRoutes).catch(tellTrouble);
  try {
    // The journal has reported each failure; the next poll tries again.
    await repeat(POLL_EVERY_MS, stopping.signal, () => world.pipeline.poll());
  } finally {
    lines.close();
  }
  print('Stopping.');
}

/** Does the work at once, and again this long after it has ended, until it is aborted. */
async function repeat(everyMs: number, signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await work();
    // An aborted pause only means that there is nothing left to wait for.
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

function addressesOf({ mailbox, imap, aws, discord, discordUrl, parameters }: LocalWorld): string {
  const { user, password, host, port, folder } = mailbox;
  const scheme = mailbox.tls === 'implicit' ? 'imaps' : 'imap';
  const ses = aws.environment.AWS_ENDPOINT_URL_SESV2;
  const discordPosts = discord ? `, its posts: curl ${new URL('/control/posts', discordUrl)}` : '';
  return [
    '',
    styleText('bold', 'Rollcall runs on this machine.'),
    `  mailbox   ${scheme}://${host}:${port}/${folder} as ${user}, polled every ${POLL_EVERY_MS / 1000} s`,
    `  Discord   ${discordUrl}${discordPosts}`,
    `  digests   ${ses} (an email viewer); press d and Enter for an audit and a digest`,
    `  commands  npm run rollcall -- status --local ${parameters.url}`,
    `            npm run rollcall -- redrive --local ${parameters.url}; every ${CHECK_ROUTES_EVERY_MS / 1000} s by itself`,
    ...(imap
      ? [
          '',
          'Send an email to the mailbox:',
          ...sendCommand(`${scheme}://${host}:${port}/${folder}`, `${user}:${password}`),
        ]
      : []),
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** `curl -T` appends a file to an IMAP folder (RFC 3501, 6.3.11). */
function sendCommand(url: string, login: string): string[] {
  return [
    String.raw`  printf 'From: Ada <ada@example.com>\r\nSubject: Question about prices\r\n\r\nHow much is it?\r\n' > mail.eml`,
    `  curl --insecure --url '${url}' --user '${login}' -T mail.eml`,
  ];
}
