import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { BUNDLE_FILE } from '../../../../lib/stack/bundle.ts';

export type Invocation = {
  /** What the handler returned; undefined where it threw. */
  answer: unknown;
  /** What it threw, or what kept the bundle from loading, with its stack. */
  error: string | undefined;
  /** What it wrote to its log. */
  log: string;
};

/** In plain Node.js, as in Lambda: no compiler, no test runner, nothing but the bundle. */
const RUNTIME = `
import { inspect } from 'node:util';
process.once('message', async ({ file, event, timeoutMs }) => {
  const endsAtMs = Date.now() + timeoutMs;
  const context = { awsRequestId: crypto.randomUUID(), getRemainingTimeInMillis: () => endsAtMs - Date.now() };
  let outcome;
  try {
    const { handler } = await import(file);
    outcome = { answer: await handler(event, context) };
  } catch (error) {
    outcome = { error: inspect(error) };
  }
  process.send(outcome, () => process.exit(0));
});
`;

/** Runs a bundled function once, in a process of its own that has no environment but this. */
export async function invokeBundle(
  { directory, name, environment }: { directory: string; name: string; environment: Readonly<Record<string, string>> },
  event: unknown,
  timeoutMs = 60_000,
): Promise<Invocation> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', RUNTIME], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...environment,
      NODE_OPTIONS: '--enable-source-maps',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      log += chunk;
    });
  }
  let outcome: { answer?: unknown; error?: string } | undefined;
  child.once('message', (message) => {
    outcome = message as typeof outcome;
  });
  child.send({ file: join(directory, name, BUNDLE_FILE), event, timeoutMs });
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { answer: outcome?.answer, error: outcome ? outcome.error : `${name} ended without an answer: ${log}`, log };
}
