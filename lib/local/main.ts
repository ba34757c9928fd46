import { writeFile } from 'node:fs/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { errorTextOf } from '../error-text.ts';
import { keepRunning } from './keep-running.ts';
import { loadSettings } from './local-settings.ts';
import { type LocalWorld, startLocalWorld } from './local-world.ts';
import { type LocalOptions, parseOptions, USAGE } from './options.ts';
import { writeOutDirectory } from './out-directory.ts';
import { summaryOf } from './summary.ts';
import { terminalJournal } from './terminal-journal.ts';
import { isSettled } from './totals.ts';

// On Node 20 the AWS SDK warns that it will end its support; the user cannot act on that here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const print = (line: string) => console.log(line);
const complain = (line: string) => console.error(line);

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  complain(errorTextOf(error));
  return 1;
});

/** @returns the exit code: 0 only if every email is accounted for */
async function main(commandLine: readonly string[]): Promise<number> {
  const options = parseOptions(commandLine);
  if (options === 'help') {
    print(USAGE);
    return 0;
  }
  const settings = await loadSettings(options.settingsFile);
  const journal = terminalJournal(print, () => new Date());
  const world = await startLocalWorld(settings, options, journal, ({ text }) => complain(text));
  try {
    if (options.once) return await runOnce(world, options);
    await keepRunning(world, print);
    return 0;
  } finally {
    await world.stop();
  }
}

/** One poll, all posts, an audit with the posts of what it finds, a digest, and the totals. */
async function runOnce(world: LocalWorld, { reportFile, outDirectory }: LocalOptions): Promise<number> {
  const failures = await world.pipeline.poll();
  await world.pipeline.drained();
  failures.push(...(await world.pipeline.audit()));
  await world.pipeline.drained();
  const digest = await world.pipeline.digest();
  const totals = await world.totals(digest);
  for (const { message } of failures) totals.unaccounted.push(message);
  if (reportFile) await writeFile(reportFile, `${JSON.stringify(totals, null, 2)}\n`);
  if (outDirectory) {
    const { environment } = world.aws;
    const spool = { client: new S3Client(awsClientOptions(environment, 'S3')), bucket: environment.SPOOL_BUCKET ?? '' };
    await writeOutDirectory(outDirectory, { digest, posts: world.discord?.posts() ?? totals.posts, spool });
  }
  print(summaryOf(totals));
  return isSettled(totals) ? 0 : 1;
}
