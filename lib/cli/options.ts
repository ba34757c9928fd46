import { parseArgs } from 'node:util';
import type { Environment } from '../../functions/wiring/environment.ts';
import { STACK_NAME } from '../stack/deployment-name.ts';
import { CommandError } from './command-error.ts';

/** How many names each command takes. */
const COMMANDS = {
  check: { names: 0 },
  secrets: { names: 1 },
  status: { names: 0 },
  redrive: { names: 1 },
  letters: { names: 1 },
  preview: { names: 0 },
  rescan: { names: 0 },
} as const;

export type Command = {
  kind: keyof typeof COMMANDS;
  /** The one route or parameter that is meant; undefined: all of them. */
  named: string | undefined;
  /** The id of the dead letter to remove, or `all`; undefined: none. */
  removed: string | undefined;
  /** How far back a preview or a rescan looks. */
  days: number;
  /** The one mailbox that is meant. */
  mailbox: string | undefined;
  stackName: string;
  /** A local run is meant, and nothing of AWS. */
  isLocal: boolean;
  settingsFile: string | undefined;
  /** Where the AWS services are. */
  environment: Environment;
};

export const USAGE = `Usage: npm run rollcall -- <command> [options]

  check                tests each secret, login, channel and address of the settings, before or after a deployment; sends nothing
  secrets [PARAMETER]  asks for the secrets that are not stored yet, or for the given one, and stores them in SSM
  preview              reads the email of the last days and shows where each would go; stores and posts nothing
  status               shows what is open, and the result of the last check of each route
  redrive [ROUTE]      requeues the open alerts of a route, or of all routes; safe to run twice
  letters [ROUTE]      shows the dead letters that name no email, which redrive cannot requeue; --remove ID deletes one
  rescan               makes the next poll of a mailbox read the last days again; known email is not posted again

  --remove ID          with letters: deletes the dead letter with this id, or with "all" every one that it shows
  --days N             how far back a preview or a rescan looks (default 7)
  --mailbox NAME       the mailbox to rescan, such as support/INBOX
  --stack NAME         the stack that was deployed (default ${STACK_NAME}), in the region AWS_REGION
  --region REGION      another region than AWS_REGION
  --settings FILE      other settings than functions/settings.ts
  --local URL          a local run instead: the address that npm start prints
  --help               shows this
`;

/** What the embedded servers of the local run take for credentials: anything. */
const LOCAL = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded' };

/** @throws CommandError that names what is wrong and what is possible */
export function parseCommand(commandLine: readonly string[], environment: Environment): Command | 'help' {
  const { values, positionals } = argumentsIn(commandLine);
  const [kind, ...names] = positionals;
  if (values.help || kind === undefined) return 'help';
  if (!isCommand(kind)) throw new CommandError(`There is no command ${kind}. ${USAGE}`);
  const surplus = names[COMMANDS[kind].names];
  if (surplus !== undefined) throw new CommandError(`${kind} does not take ${surplus}. ${USAGE}`);
  const days = daysIn(values.days ?? '7');
  const region = values.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (!values.local && !region) {
    throw new CommandError('Set AWS_REGION, or add --region, with the region of the stack.');
  }
  return {
    kind,
    named: names[0],
    removed: values.remove,
    days,
    mailbox: values.mailbox,
    stackName: values.stack ?? STACK_NAME,
    isLocal: values.local !== undefined,
    settingsFile: values.settings,
    environment: values.local
      ? { ...LOCAL, AWS_ENDPOINT_URL_SSM: urlOf(values.local) }
      : { ...environment, AWS_REGION: region },
  };
}

function isCommand(kind: string): kind is Command['kind'] {
  return Object.hasOwn(COMMANDS, kind);
}

function argumentsIn(commandLine: readonly string[]) {
  try {
    return parseArgs({
      args: [...commandLine],
      allowPositionals: true,
      options: {
        days: { type: 'string' },
        mailbox: { type: 'string' },
        remove: { type: 'string' },
        stack: { type: 'string' },
        region: { type: 'string' },
        settings: { type: 'string' },
        local: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

function daysIn(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new CommandError(`--days ${text}: takes a number of days from 1 to 9999.`);
}

function urlOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new CommandError(`--local ${url}: takes the address that npm start prints, such as http://127.0.0.1:4000.`);
}
