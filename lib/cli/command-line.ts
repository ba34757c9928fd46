import { parseArgs } from 'node:util';
import type { Environment } from '../../functions/wiring/environment.ts';
import { STACK_NAME } from '../stack/deployment-name.ts';
import type { Command, CommandCall } from './command.ts';
import { CommandError } from './command-error.ts';
import { SHARED_OPTIONS, usageOf, usageOfCommand } from './usage.ts';

/** What a command line requests: a command, or the usage of one. */
export type ParsedCommandLine =
  | { kind: 'usage'; text: string }
  | {
      kind: 'command';
      command: Command;
      call: Pick<CommandCall, 'named' | 'options' | 'stackName' | 'isLocal' | 'environment'>;
      settingsFile: string | undefined;
    };

type Values = Readonly<Record<string, string | undefined>>;

/** The embedded servers of the local run accept any credentials. */
const LOCAL = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded' };

/** @throws CommandError that names what is wrong and what is possible */
export function parseCommandLine(
  commandLine: readonly string[],
  commands: readonly Command[],
  environment: Environment,
): ParsedCommandLine {
  const { values, isHelp, positionals } = argumentsIn(commandLine, commands);
  const [name, named, ...surplus] = positionals;
  if (name === undefined) return { kind: 'usage', text: usageOf(commands) };
  const command = commands.find((one) => one.name === name);
  if (!command) throw new CommandError(`There is no command ${name}.\n\n${usageOf(commands)}`);
  if (isHelp) return { kind: 'usage', text: usageOfCommand(command) };
  const [tooMuch] = command.argument ? surplus : [named, ...surplus];
  if (tooMuch !== undefined) throw new CommandError(`${name} does not take ${tooMuch}.\n\n${usageOfCommand(command)}`);
  const options = ownOptions(command, values);
  return {
    kind: 'command',
    command,
    call: {
      named,
      options,
      stackName: values.stack ?? STACK_NAME,
      isLocal: values.local !== undefined,
      environment: environmentFrom(values, environment),
    },
    settingsFile: values.settings,
  };
}

function argumentsIn(commandLine: readonly string[], commands: readonly Command[]) {
  const names = [...commands.flatMap(({ options = {} }) => Object.keys(options)), ...Object.keys(SHARED_OPTIONS)];
  try {
    const { values, positionals } = parseArgs({
      args: [...commandLine],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(names.map((name) => [name, { type: 'string' } as const])),
        help: { type: 'boolean', short: 'h' },
      },
    });
    const { help: isHelp, ...texts } = values as Values & { help?: boolean };
    return { values: texts as Values, isHelp: isHelp === true, positionals };
  } catch (error) {
    // The message of parseArgs names the option; the usage lists the valid ones.
    throw new CommandError(`${error instanceof Error ? error.message : error}\n\n${usageOf(commands)}`);
  }
}

function ownOptions(command: Command, values: Values): Values {
  const foreign = Object.keys(values).find((name) => !(name in SHARED_OPTIONS) && !(name in (command.options ?? {})));
  if (foreign !== undefined) {
    throw new CommandError(`${command.name} does not take --${foreign}.\n\n${usageOfCommand(command)}`);
  }
  return values;
}

function environmentFrom({ local, region: named }: Values, environment: Environment): Environment {
  if (local !== undefined) return { ...LOCAL, AWS_ENDPOINT_URL_SSM: urlOf(local) };
  const region = named ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (!region) throw new CommandError('Set AWS_REGION, or add --region, with the region of the stack.');
  return { ...environment, AWS_REGION: region };
}

function urlOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new CommandError(`--local ${url}: takes the address that npm start prints, such as http://127.0.0.1:4000.`);
}
