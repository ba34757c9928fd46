import { loadSettings } from '../local/local-settings.ts';
import { lettersOf, redrive, statusOf } from './commands.ts';
import { deployedEnvironment } from './deployment.ts';
import { hiddenPrompt } from './hidden-prompt.ts';
import { parseCommand, USAGE } from './options.ts';
import { rescan } from './rescan.ts';
import { checkEverything, previewMailboxes, storeSecretsInSsm } from './settings-commands.ts';

// On Node 20 the AWS SDK announces that it will end its support; whoever runs a command cannot act on that here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const print = (line: string) => console.log(line);

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const isTheirs =
    error instanceof Error &&
    ['CommandError', 'SettingsError', 'OptionError', 'MailboxFailure', 'SecretMissing'].includes(error.name);
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
  const deployed = () => deployedEnvironment(command.environment, command.stackName);
  const settings = () => loadSettings(command.settingsFile);
  switch (command.kind) {
    case 'check':
      return await checkEverything(command, await settings(), print);
    case 'secrets':
      return await storeSecretsInSsm(command, await settings(), {
        ask: hiddenPrompt(process.stdin, process.stdout),
        print,
      });
    case 'preview':
      await previewMailboxes(command, await settings(), print);
      return 0;
    case 'rescan':
      await rescan(await deployed(), await settings(), { ...command, now: new Date() }, print);
      return 0;
    case 'redrive':
      return await redrive(await deployed(), (await settings()).routes, command.named, print);
    case 'status':
      await statusOf(await deployed(), print);
      return 0;
    case 'letters':
      return await lettersOf(await deployed(), command, print);
  }
}
