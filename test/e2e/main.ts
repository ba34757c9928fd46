import process from 'node:process';
import { inspect, parseArgs } from 'node:util';
import { findEmulator, NoEmulator } from './emulator.ts';
import { NoCommit } from './project.ts';
import { stepsTo } from './steps.ts';
import { tellStory } from './story.ts';
import { tellUpgrade } from './upgrade.ts';

// On Node 20 the AWS SDK warns that it will end its support; the user cannot act on that here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const USAGE = `Usage: npm run e2e -- [options]

Deploys the stack to an AWS emulator at AWS_ENDPOINT_URL with the CDK's own command, and uses it
there.

  --upgrade-from COMMIT   instead, deploys that commit, leaves email in flight, and deploys the
                          working tree over it
  --help                  shows this
`;

const print = (line: string) => void process.stdout.write(`${line}\n`);

process.exitCode = await main().catch((error: unknown) => {
  const isTheirs = error instanceof NoEmulator || error instanceof NoCommit;
  process.stderr.write(`${isTheirs ? error.message : inspect(error)}\n`);
  return 1;
});

/** @returns the exit code */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { 'upgrade-from': { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const emulator = await findEmulator(process.env);
  print(`MiniStack ${emulator.version}, account ${emulator.account}`);
  const step = stepsTo(print);
  if (values['upgrade-from']) await tellUpgrade(values['upgrade-from'], emulator, step);
  else await tellStory(emulator, step, print);
  print('Everything is accounted for.');
  return 0;
}
