import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

// As on a machine that has no account, no region and no credentials.
const { PATH, HOME } = process.env;
const ENVIRONMENT = { PATH, HOME };

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-app-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('the app with the shipped settings', () => {
  it('synthesizes without an account, and bundles functions that load on their own', async () => {
    const assembly = join(directory, 'cdk.out');
    await run('node_modules/.bin/tsx', ['lib/app.ts'], { cwd: PROJECT, env: { ...ENVIRONMENT, CDK_OUTDIR: assembly } });

    const functions = await functionsIn(assembly);
    expect(functions.map(({ handler }) => handler)).toContain('index.handler');
    for (const { code, environment } of functions) {
      const load = "import('./index.mjs').then(({ handler }) => console.log(typeof handler))";
      const { stdout } = await run(process.execPath, ['--eval', load], {
        cwd: code,
        env: { ...ENVIRONMENT, ...environment, AWS_REGION: 'eu-central-1' },
      });
      expect(stdout).toBe('function\n');
    }
  });
});

describe('the app with wrong settings', () => {
  it('names the field, what is wrong and what is allowed, and nothing else', async () => {
    const copy = join(directory, 'copy');
    for (const part of ['lib', 'functions', 'package.json', 'tsconfig.json']) {
      await cp(join(PROJECT, part), join(copy, part), { recursive: true });
    }
    await symlink(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
    const settings = join(copy, 'functions', 'settings.ts');
    const shipped = await readFile(settings, 'utf8');
    await writeFile(settings, shipped.replace("'Europe/Berlin'", "'Europe/Atlantis'"));

    const synth = run('node_modules/.bin/tsx', ['lib/app.ts'], {
      cwd: copy,
      env: { ...ENVIRONMENT, CDK_OUTDIR: join(directory, 'nothing') },
    });
    await expect(synth).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: [
        'The settings cannot be used as they are (problems: 1).',
        "digest.timeZone: \"Europe/Atlantis\" is not a time zone. Write an IANA name such as 'Europe/Berlin' or 'UTC'.\n",
      ].join('\n'),
    });
    await expect(readdir(join(directory, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

/** The functions of an assembly, each with the folder of its bundle and an environment that only looks real. */
async function functionsIn(assembly: string) {
  const template = JSON.parse(await readFile(join(assembly, 'Rollcall.template.json'), 'utf8'));
  const resources = Object.values(template.Resources) as { Type: string; Properties: LambdaProperties }[];
  return resources
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties: { Handler, Code, Environment } }) => ({
      handler: Handler,
      code: join(assembly, `asset.${Code.S3Key.replace('.zip', '')}`),
      environment: Object.fromEntries(
        Object.entries(Environment.Variables).map(([name, value]) => [name, literalOf(name, value)]),
      ),
    }));
}

type LambdaProperties = {
  Handler: string;
  Code: { S3Key: string };
  Environment: { Variables: Record<string, unknown> };
};

function literalOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (name.endsWith('_QUEUE_URLS')) return '{}';
  return name.endsWith('_URL') ? 'https://queue.example.com/1' : name;
}
