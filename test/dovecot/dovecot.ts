import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { selfSignedCertificate } from '../../lib/local/self-signed-certificate.ts';
import { filesIn, type MailUser, type OAuth, oauthText, usersText } from './configuration.ts';
import { type Account, requiredPathOf, unprivilegedAccount } from './installation.ts';
import { type DeliveredMail, directoryOf, forgetUids, writeMails } from './maildir.ts';
import { endServer, logOf, startServer } from './server-process.ts';

const run = promisify(execFile);

/** Enough for one line of flags a mail of a large mailbox. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** A private Dovecot. Where a user is not named, the first one is meant. */
export type Dovecot = {
  host: '127.0.0.1';
  /** Clear text and STARTTLS. */
  imapPort: number;
  /** TLS from the first byte. */
  imapsPort: number;
  user: string;
  password: string;
  maildir: string;
  /** Issued to `localhost` and 127.0.0.1, for clients that are to check it. */
  certificate: string;
  /** Puts emails into a folder as a delivery agent would, in this order; thousands are not a problem. */
  deliver(folder: string, mails: readonly (Buffer | DeliveredMail)[], user?: string): void;
  /** The flags of each uid by Dovecot's own tool, without \Recent, which belongs to a session (RFC 3501, 2.3.2). */
  flagsOf(folder: string, user?: string): Promise<Map<number, string[]>>;
  status(folder: string, user?: string): Promise<{ messages: number; uidNext: number; uidValidity: string }>;
  /** Makes the server forget its uids. Throws if the uidValidity stayed, as it may while a session has the folder open. */
  /** Makes the file of an email unreadable, by its place in the order of delivery. */
  damage(folder: string, place: number, user?: string): void;
  changeUidValidity(folder: string, user?: string): Promise<{ from: string; to: string }>;
  /** Makes the server give its next mail this uid, as a migration may. */
  raiseUidNext(folder: string, uidNext: number, user?: string): Promise<void>;
  renameFolder(from: string, to: string, user?: string): Promise<void>;
  createFolder(folder: string, user?: string): Promise<void>;
  moveMail(uid: number, from: string, to: string, user?: string): Promise<void>;
  log(): string;
  /** Ends the server that was started, waits for its exit, and removes its folder. */
  stop(): Promise<void>;
};

export type DovecotOptions = {
  users?: readonly [MailUser, ...MailUser[]];
  /** One for `localhost` and 127.0.0.1 where none is given. */
  certificate?: { certificate: string; privateKey: string };
  /** Takes access tokens too, where given. */
  oauth?: OAuth;
};

/**
 * Starts a Dovecot of its own, unprivileged and on free ports of 127.0.0.1, in a fresh temporary folder.
 * Throws with the server's log where it does not come up.
 */
export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  const users = options.users ?? [{ user: 'support', password: 'correct-horse-battery-staple' }];
  const firstUser = users[0].user;
  const account = unprivilegedAccount();
  const home = mkdtempSync(join(tmpdir(), 'rollcall-dovecot-'));
  const files = filesIn(home);
  const { certificate, privateKey } = options.certificate ?? (await selfSignedCertificate());
  if (options.oauth) writeFileSync(files.oauth, oauthText(options.oauth));
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.privateKey, privateKey, { mode: 0o600 });
  writeFileSync(files.users, usersText(home, account, users));
  for (const { user } of users) mkdirSync(files.maildir(user), { recursive: true });
  give(
    account,
    home,
    files.privateKey,
    files.homes,
    ...users.flatMap(({ user }) => [files.home(user), files.maildir(user)]),
  );

  const { server, ports } = await startServer(home, account, options.oauth).catch((failure: unknown) => {
    rmSync(home, { recursive: true });
    throw failure;
  });
  const doveadm = doveadmOf(files.configuration, account);
  let delivered = 0;

  return {
    host: '127.0.0.1',
    imapPort: ports.imap,
    imapsPort: ports.imaps,
    ...users[0],
    maildir: files.maildir(firstUser),
    certificate,
    deliver(folder, mails, user = firstUser) {
      const directory = directoryOf(files.maildir(user), folder);
      const deliveries = mails.map((mail) => (Buffer.isBuffer(mail) ? { raw: mail } : mail));
      writeMails(directory, deliveries, { firstNumber: delivered + 1, owner: account });
      delivered += mails.length;
    },
    flagsOf: (folder, user = firstUser) => doveadm.flagsOf(folder, user),
    status: (folder, user = firstUser) => doveadm.status(folder, user),
    async changeUidValidity(folder, user = firstUser) {
      const { uidValidity: from } = await doveadm.status(folder, user);
      forgetUids(directoryOf(files.maildir(user), folder));
      const { uidValidity: to } = await doveadm.status(folder, user);
      if (to === from)
        throw new Error(`${folder} kept its uidValidity ${from}: log out whoever has it open, then try again`);
      return { from, to };
    },
    async raiseUidNext(folder, uidNext, user = firstUser) {
      await doveadm.run('mailbox', 'update', '-u', user, '--min-next-uid', String(uidNext), folder);
    },
    async renameFolder(from, to, user = firstUser) {
      await doveadm.run('mailbox', 'rename', '-u', user, from, to);
    },
    damage(folder, place, user = firstUser) {
      const directory = directoryOf(files.maildir(user), folder);
      const paths = ['new', 'cur'].flatMap((part) =>
        readdirSync(join(directory, part)).map((name) => join(directory, part, name)),
      );
      const path = paths.sort((one, other) => numberOf(one) - numberOf(other))[place];
      if (path) chmodSync(path, 0);
    },
    async createFolder(folder, user = firstUser) {
      await doveadm.run('mailbox', 'create', '-u', user, folder);
    },
    async moveMail(uid, from, to, user = firstUser) {
      await doveadm.run('move', '-u', user, to, 'mailbox', from, 'uid', String(uid));
    },
    log: () => logOf(home),
    async stop() {
      await endServer(server);
      rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** Of a file as `writeMails` names it. */
function numberOf(path: string): number {
  return Number.parseInt(basename(path), 10);
}

function give(account: Account, ...paths: string[]): void {
  for (const path of paths) chownSync(path, account.uid, account.gid);
}

function doveadmOf(configuration: string, { uid, gid }: Account) {
  const doveadm = async (...parameters: string[]) => {
    const options = { uid, gid, maxBuffer: MAX_OUTPUT_BYTES };
    return (await run(requiredPathOf('doveadm'), ['-c', configuration, ...parameters], options)).stdout;
  };
  return {
    run: doveadm,
    async flagsOf(folder: string, user: string) {
      const text = await doveadm('-f', 'json', 'fetch', '-u', user, 'uid flags', 'mailbox', folder, 'all');
      const lines = JSON.parse(text || '[]') as { uid: string; flags: string }[];
      return new Map(lines.map(({ uid, flags }) => [Number(uid), lastingFlags(flags)]));
    },
    async status(folder: string, user: string) {
      const text = await doveadm('-f', 'json', 'mailbox', 'status', '-u', user, 'messages uidnext uidvalidity', folder);
      const [line] = JSON.parse(text) as { messages: string; uidnext: string; uidvalidity: string }[];
      if (!line) throw new Error(`Dovecot knows no folder ${folder} of ${user}`);
      return { messages: Number(line.messages), uidNext: Number(line.uidnext), uidValidity: line.uidvalidity };
    },
  };
}

function lastingFlags(flags: string): string[] {
  return flags.split(' ').filter((flag) => flag && flag !== '\\Recent');
}
