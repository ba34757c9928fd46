import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import hoodiecrow from 'hoodiecrow-imap';
import { internalDate, repairFetch } from './imap-server-repairs.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

export type ImapServerOptions = {
  /** The initial content of INBOX. */
  mails: readonly { raw: Buffer; receivedAt: Date }[];
  /** TLS from the first byte; otherwise clear text, with STARTTLS. */
  tls: boolean;
  user: string;
  password: string;
};

/** An IMAP server in this process, with one account and one folder. */
export type ImapServer = {
  host: '127.0.0.1';
  port: number;
  /** Puts an email into INBOX and returns its uid. */
  deliver(raw: Buffer, receivedAt?: Date): number;
  setUidValidity(uidValidity: number): void;
  /** The current flags of each uid. */
  flags(): Map<number, readonly string[]>;
  /** Ends all connections and frees the port. */
  stop(): Promise<void>;
};

/** Of the capabilities that hoodiecrow supports, those useful to a mail reader or to a person with curl. */
const PLUGINS = ['ID', 'SASL-IR', 'AUTH-PLAIN', 'NAMESPACE', 'ENABLE', 'IDLE', 'LITERALPLUS', 'UIDPLUS', 'UNSELECT'];

const FIRST_UID_VALIDITY = 1;

/** Starts hoodiecrow-imap on a free port of 127.0.0.1 only, with a certificate of its own. */
export async function startImapServer({ mails, tls, user, password }: ImapServerOptions): Promise<ImapServer> {
  const { certificate, privateKey } = await selfSignedCertificate();
  const imap = hoodiecrow({
    plugins: [...PLUGINS, ...(tls ? [] : ['STARTTLS']), repairFetch],
    secureConnection: tls,
    credentials: { key: privateKey, cert: certificate },
    users: { [user]: { password } },
    storage: {
      INBOX: {
        uidvalidity: FIRST_UID_VALIDITY,
        messages: mails.map(({ raw, receivedAt }) => ({ raw: raw.toString('latin1'), internaldate: receivedAt })),
      },
    },
  });
  // One listener per connection; Node's warning about more than ten is about leaks.
  imap.setMaxListeners(0);

  const sockets = new Set<Socket>();
  imap.server.on('connection', (socket: Socket) => {
    // hoodiecrow writes an answer line by line; with Nagle's algorithm each line waits for the client's delayed
    // acknowledgement.
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  imap.server.listen(0, '127.0.0.1');
  await once(imap.server, 'listening');
  const inbox = imap.getMailbox('INBOX');

  return {
    host: '127.0.0.1',
    port: (imap.server.address() as AddressInfo).port,
    deliver: (raw, receivedAt = new Date()) =>
      imap.appendMessage(inbox, [], internalDate(receivedAt), raw.toString('latin1')).message.uid,
    setUidValidity(uidValidity) {
      inbox.uidvalidity = uidValidity;
    },
    flags: () => new Map(inbox.messages.map(({ uid, flags }) => [uid, [...flags]])),
    async stop() {
      const closed = once(imap.server, 'close');
      imap.server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
