import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import settings from '../../../functions/settings.ts';

const run = promisify(execFile);

/** A fresh process, from its start to the moment at which its handler could be called. */
export type Init = {
  wallMs: number;
  /** User and system time; hardly moved by whatever else the machine does. */
  processorMs: number;
};

/** What every function finds in its environment, and nothing else, so that no init talks to anyone. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  POWERTOOLS_SERVICE_NAME: 'Rollcall',
  WATERMARKS_TABLE: 'watermarks',
  LEDGER_TABLE: 'ledger',
  SPOOL_BUCKET: 'spool',
  ROUTE: settings.routes[0]?.id ?? '',
  QUEUE_URL: 'https://queue.example.com/1',
  DEAD_LETTER_QUEUE_URL: 'https://queue.example.com/2',
  ROUTE_QUEUE_URLS: '{}',
  DEAD_LETTER_QUEUE_URLS: '{}',
  ALARM_TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:alarms',
};

/** Loads a bundle in a process of its own. */
export async function initOf(file: string): Promise<Init> {
  const program = [
    `const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)});`,
    "if (typeof handler !== 'function') throw new Error('there is no handler');",
    'const { userCPUTime, systemCPUTime } = process.resourceUsage();',
    'process.stdout.write(String(userCPUTime + systemCPUTime), () => process.exit(0));',
  ].join('\n');
  const startedAt = performance.now();
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    env: ENVIRONMENT,
  });
  return { wallMs: performance.now() - startedAt, processorMs: Number(stdout) / 1_000 };
}
