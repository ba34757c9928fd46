import * as z from 'zod';
import { fields, line, oneOf, oneOrMore, text, textOrFields, wholeNumber, yesOrNo } from '../fields.ts';
import { EXCHANGE_ONLINE } from '../rules/authentication-results.ts';
import { mailboxAuthSchema } from './mailbox-auth-schema.ts';
import { hostName, identifier, isLoopback } from './settings-text.ts';

const IMPLICIT_TLS_PORT = 993;
const IMAP_PORT = 143;
const DEFAULT_MINUTES = 15;

/** INBOX is case-insensitive (RFC 3501, 5.1); written one way, it is one mailbox in the ledger. */
const folderName = line('a folder', 'INBOX').transform((name) => (/^inbox$/i.test(name) ? 'INBOX' : name));

/** A folder to poll. `formerly` are its former names, the oldest first. */
type FolderSettings = { name: string; formerly: string[] };

const folder = textOrFields<string | { name: string; formerly?: string | string[] }, FolderSettings>(
  folderName.transform((name) => ({ name, formerly: [] })),
  fields('a folder', {
    name: folderName,
    formerly: oneOrMore(folderName, { what: "the names it had before, such as 'Billing'" }).optional(),
  }).transform(({ name, formerly = [] }) => ({ name, formerly })),
);

const folders = oneOrMore(folder, { what: "at least one folder, such as ['INBOX']" })
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: 'a folder is named twice. Name each folder once.',
  })
  .refine((all) => !all.some(({ formerly }) => formerly.some((old) => all.some(({ name }) => name === old))), {
    error: 'a folder is named as `formerly` of another and is still polled itself. Remove it in one of the two places.',
  });

const startFrom = z.union([oneOf(['now', 'all']), fields('a start', { days: wholeNumber({ from: 1, to: 3650 }) })], {
  error: "the value is not a start. Allowed: 'now', 'all', { days: 1 to 3650 }.",
});

const authservId = text((value) => /^[^\s;="()]+$/.test(value), {
  what: 'an authserv-id',
  allowed: `Write the first word of your receiver's own Authentication-Results header, such as 'mx.example.com' (Gmail: 'mx.google.com'), or '${EXCHANGE_ONLINE}' for Microsoft 365, which leaves it out.`,
});

const tls = oneOf(['implicit', 'starttls', 'off']).default('implicit');
const host = hostName();
const transport = z.object({ tls, host });

export const mailboxSchema = fields('a mailbox', {
  /** Names the account in the ledger, alarms and reports. */
  account: identifier('the id of an account', 40),
  /** Former ids of the account, the oldest first: its watermarks, ledger entries and identities are carried over. */
  formerly: oneOrMore(identifier('the id of an account', 40), {
    what: "the ids it had before, such as 'support'",
  }).optional(),
  host,
  /** By default 993, or 143 if `tls` is not implicit. */
  port: wholeNumber({ from: 1, to: 65_535 }).optional(),
  /** `off` is for servers on the same machine only. */
  tls,
  /** Accepts any certificate, from any issuer and for any host: for a server of your own, on a network of your own. */
  allowSelfSignedCertificate: yesOrNo().default(false),
  user: line('a user name', 'support@example.com'),
  /** How to log in: a password, or OAuth2 with a refresh token or client credentials. */
  auth: mailboxAuthSchema,
  /**
   * The receiver's own name in Authentication-Results (RFC 8601), or `exchange-online` for Microsoft 365, which gives
   * none. Rules with `authenticated: true` need it.
   */
  authservId: authservId.optional(),
  /** Names of folders, or `{ name: 'Invoices', formerly: 'Billing' }` for a renamed one. */
  folders: folders.default([{ name: 'INBOX', formerly: [] }]),
  everyMinutes: wholeNumber({ from: 1, to: 24 * 60 }).default(DEFAULT_MINUTES),
  /** Where the first run begins: with new email only, all email, or the last days. */
  startFrom: startFrom.default('now'),
})
  .refine(({ tls, host }) => tls !== 'off' || isLoopback(host), {
    // Runs as soon as these two are valid: a login in clear text is reported together with other problems.
    when: ({ value }) => transport.safeParse(value).success,
    path: ['tls'],
    error: ({ input }) =>
      `"off" would send the login to ${transport.parse(input).host} in clear text. Allowed: 'implicit', 'starttls'; 'off' for 127.0.0.1, ::1 and localhost only.`,
  })
  .transform(({ port, authservId, formerly, ...mailbox }) => ({
    ...mailbox,
    formerly: formerly ?? [],
    port: port ?? (mailbox.tls === 'implicit' ? IMPLICIT_TLS_PORT : IMAP_PORT),
    authservId,
  }));

/** One account: its server, its login, and the folders to poll. */
export type MailboxSettings = z.output<typeof mailboxSchema>;
