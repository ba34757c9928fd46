import { loadSettings } from '../local/local-settings.ts';
import { redrive, status } from './commands.ts';
import { deployedEnvironment } from './deployment.ts';
import { parseCommand, USAGE } from './options.ts';

// On Node 20 the AWS SDK announces that it will end its support; whoever runs a command cannot act on that here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const print = (line: string) => console.log(line);

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const isTheirs = error instanceof Error && ['CommandError', 'SettingsError', 'OptionError'].includes(error.name);
  console.error(isTheirs ? error.message : error);
  return 1;
});

/** @returns the exit code */
async function main(commandLine: readonly string[]): Promise<number> {
  const command = parseCommand(commandLine, process.env);
  if (command === 'help') {
    print(USAGE);
    return 0;
  }
  const environment = await deployedEnvironment(command.environment, command.stackName);
  if (command.kind === 'redrive') {
    const { routes } = await loadSettings(command.settingsFile);
    return await redrive(environment, routes, command.route, print);
  }
  await status(environment, print);
  return 0;
}
