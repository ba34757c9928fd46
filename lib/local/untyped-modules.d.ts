// biome-ignore-all lint/style/noDefaultExport: these packages export one function or object each (module.exports).
/**
 * The part that the local run uses, from hoodiecrow-imap 2.1.0, lib/server.js. Email is a "binary" string: one
 * character per byte.
 */
declare module 'hoodiecrow-imap' {
  import type { Server } from 'node:net';
  import type { MimeNode } from 'hoodiecrow-imap/lib/mimeparser.js';

  export type Message = { uid: number; flags: string[]; internaldate: string; raw: string; parsed?: MimeNode };
  export type Mailbox = { uidvalidity: number; uidnext: number; messages: Message[] };
  /**
   * A piece of an answer: a bare string or number, an atom with its section and range, a literal, or a list of them.
   */
  export type Token = string | number | null | undefined | TypedToken | Token[];
  export type TypedToken = { type: string; value?: string; section?: Token[]; partial?: number[] };
  export type FetchHandler = (connection: unknown, message: Message, query: TypedToken) => Token;

  export type HoodiecrowServer = {
    server: Server;
    formatInternalDate(date: Date): string;
    messageHandlers: ((server: HoodiecrowServer, message: Message) => void)[];
    outputHandlers: ((connection: unknown, response: { attributes?: Token | Token[] }, description: string) => void)[];
    fetchHandlers: Record<string, FetchHandler>;
    getMailbox(path: string): Mailbox;
    appendMessage(mailbox: Mailbox, flags: string[], internalDate: string, raw: string): { message: Message };
    setMaxListeners(count: number): void;
  };

  export default function hoodiecrow(options: {
    plugins: (string | ((server: HoodiecrowServer) => void))[];
    secureConnection: boolean;
    credentials: { key: string; cert: string };
    users: Record<string, { password: string }>;
    storage: { INBOX: { uidvalidity: number; messages: { raw: string; internaldate: Date }[] } };
  }): HoodiecrowServer;
}

declare module 'hoodiecrow-imap/lib/mimeparser.js' {
  export type MimeNode = {
    parsedHeader: Record<string, unknown>;
    /** Everything below the header. */
    text?: string;
    body?: string;
    childNodes?: MimeNode[];
  };
  export default function parseMime(raw: string): MimeNode;
}

declare module 'hoodiecrow-imap/lib/commands/handlers/fetch.js' {
  import type { FetchHandler } from 'hoodiecrow-imap';

  const handlers: { BODY: FetchHandler };
  export default handlers;
}
