import { parseArgs } from 'node:util';
import type { Environment } from '../../functions/from-environment/environment.ts';
import { STACK_NAME } from '../deployment-name.ts';
import { CommandError } from './command-error.ts';

export type Command = {
  kind: 'redrive' | 'status';
  /** Undefined: all routes. */
  route: string | undefined;
  stackName: string;
  settingsFile: string | undefined;
  /** Where the AWS services are. */
  environment: Environment;
};

export const USAGE = `Usage: npm run rollcall -- <command> [options]

  status               what is open, and what the last check of each route found
  redrive [ROUTE]      puts the open alerts of a route, or of all, back on their queue; safe to run twice

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
  const [kind, route, ...more] = positionals;
  if (values.help || kind === undefined) return 'help';
  if (kind !== 'redrive' && kind !== 'status') throw new CommandError(`There is no command ${kind}. ${USAGE}`);
  const surplus = kind === 'redrive' ? more[0] : route;
  if (surplus !== undefined) throw new CommandError(`${kind} does not take ${surplus}. ${USAGE}`);
  const region = values.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (!values.local && !region) {
    throw new CommandError('Set AWS_REGION, or give --region, to the region that the stack was deployed to.');
  }
  return {
    kind,
    route,
    stackName: values.stack ?? STACK_NAME,
    settingsFile: values.settings,
    environment: values.local
      ? { ...LOCAL, AWS_ENDPOINT_URL_SSM: urlOf(values.local) }
      : { ...environment, AWS_REGION: region },
  };
}

function argumentsIn(commandLine: readonly string[]) {
  try {
    return parseArgs({
      args: [...commandLine],
      allowPositionals: true,
      options: {
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

function urlOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new CommandError(`--local ${url}: takes the address that npm start prints, such as http://127.0.0.1:4000.`);
}
