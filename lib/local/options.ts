import { parseArgs } from 'node:util';
import type { StartFrom } from '../../functions/core/poll/watermark-start.ts';

/** A mailbox named on the command line: `imaps://user:password@host:port/Folder`. */
export type NamedMailbox = {
  host: string;
  port: number;
  tls: 'implicit' | 'starttls' | 'off';
  allowSelfSignedCertificate: boolean;
  user: string;
  password: string;
  folder: string;
};

export type LocalOptions = {
  once: boolean;
  imap: NamedMailbox | undefined;
  settingsFile: string | undefined;
  since: StartFrom;
  discordUrl: string | undefined;
  reportFile: string | undefined;
  outDirectory: string | undefined;
};

export const USAGE = `Usage: npm start -- [options]

Runs Rollcall on this machine, on embedded servers, with a sample mailbox.

  --once            one poll, all posts, an audit, a digest and the totals;
                    exits 0 only if every email is accounted for
  --imap URL        reads a real mailbox instead: imaps://user:password@host:993/INBOX
                    (it is only read)
  --settings FILE   other settings than functions/settings.ts
  --since WHEN      what the first poll reads: all (default), now (only new email),
                    or a number of days
  --discord URL     another Discord endpoint than the embedded stand-in
  --report FILE     writes the totals as JSON
  --out DIR         writes the digest (HTML and text), the spool's segments and the posts
  --help            shows this
`;

/** An option of the command line is invalid; the message says what is allowed. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/** @throws OptionError with the option and its allowed values */
export function parseOptions(commandLine: readonly string[]): LocalOptions | 'help' {
  const values = valuesOf(commandLine);
  if (values.help) return 'help';
  return {
    once: values.once ?? false,
    imap: values.imap === undefined ? undefined : parseMailboxUrl(values.imap),
    settingsFile: values.settings,
    since: parseSince(values.since ?? 'all'),
    discordUrl: values.discord === undefined ? undefined : parseHttpUrl(values.discord),
    reportFile: values.report,
    outDirectory: values.out,
  };
}

function valuesOf(commandLine: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...commandLine],
      options: {
        once: { type: 'boolean' },
        imap: { type: 'string' },
        settings: { type: 'string' },
        since: { type: 'string' },
        discord: { type: 'string' },
        report: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

function parseSince(since: string): StartFrom {
  if (since === 'all' || since === 'now') return since;
  const days = Number(since);
  if (Number.isInteger(days) && days > 0) return { days };
  throw new OptionError(`--since ${since}: takes all, now, or a number of days such as 7.`);
}

function parseHttpUrl(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url.replace(/\/+$/, '');
  throw new OptionError(`--discord ${url}: takes an http or https URL such as http://127.0.0.1:4000/api/v10.`);
}

const MAILBOX_FORM = 'imaps://user:password@host:993/INBOX or imap://user:password@host:143/INBOX';

/** The URL contains a password, so no message repeats it. */
function parseMailboxUrl(text: string): NamedMailbox {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^imaps?:$/.test(url.protocol)) throw new OptionError(`--imap: takes ${MAILBOX_FORM}.`);
  if (!url.username || !url.password)
    throw new OptionError(`--imap: user or password is missing; it takes ${MAILBOX_FORM}.`);
  const isImplicit = url.protocol === 'imaps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host);
  return {
    host,
    port: url.port ? Number(url.port) : isImplicit ? 993 : 143,
    // Clear text never leaves this machine: for another host, imap:// requires STARTTLS.
    tls: isImplicit ? 'implicit' : isLoopback ? 'off' : 'starttls',
    allowSelfSignedCertificate: isLoopback,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    folder: decodeURIComponent(url.pathname.replace(/^\//, '')) || 'INBOX',
  };
}
