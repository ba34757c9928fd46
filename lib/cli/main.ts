import { errorTextOf } from '../error-text.ts';
import { loadSettings } from '../local/local-settings.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMANDS } from './commands.ts';
import { deployedEnvironment } from './deployment.ts';
import { hiddenPrompt } from './hidden-prompt.ts';

// On Node 20 the AWS SDK warns that it will end its support; the user of a command cannot act on that.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const print = (line: string) => console.log(line);

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(errorTextOf(error));
  return 1;
});

/** @returns the exit code */
async function main(commandLine: readonly string[]): Promise<number> {
  const parsed = parseCommandLine(commandLine, COMMANDS, process.env);
  if (parsed.kind === 'usage') {
    print(parsed.text);
    return 0;
  }
  const { command, call, settingsFile } = parsed;
  return await command.run({
    ...call,
    settings: () => loadSettings(settingsFile),
    deployed: () => deployedEnvironment(call.environment, call.stackName),
    ask: hiddenPrompt(process.stdin, process.stdout),
    print,
  });
}
