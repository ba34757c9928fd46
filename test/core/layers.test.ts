import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** The rooms of `core` from the ground up. An import goes down, or stays within its room. */
const LEVELS: readonly (readonly string[])[] = [
  ['mail'],
  ['records'],
  ['chat'],
  ['rules', 'discord'],
  ['settings'],
  ['poll', 'delivery'],
  ['audit', 'checks'],
  ['digest'],
];
const ROOMS = LEVELS.flat();
/** These see a chat service, `core/chat`, and not which one it is. */
const WITHOUT_DISCORD = ['poll', 'delivery', 'audit', 'checks', 'digest'];
const levelOf = (room: string) => LEVELS.findIndex((rooms) => rooms.includes(room));

const PROJECT = resolve(import.meta.dirname, '../..');
const BIOME = join(PROJECT, 'node_modules/@biomejs/biome/bin/biome');

let project: string;

/** Lints a project that has the linter's rules of this one, and these files only. Returns the files that each rule refuses. */
async function refusedBy(files: Readonly<Record<string, string>>): Promise<{ rule: string; file: string }[]> {
  project = await mkdtemp(join(tmpdir(), 'layers-'));
  await cp(join(PROJECT, '.biome.json'), join(project, '.biome.json'));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, file)), { recursive: true });
    await writeFile(join(project, file), text);
  }
  const options = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'];
  const { stdout } = await promisify(execFile)(process.execPath, [BIOME, ...options], {
    cwd: project,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((failed: { stdout: string }) => failed);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; location: { path: string } }[] };
  return diagnostics.map(({ category, location }) => ({ rule: category, file: location.path }));
}

const importing = (from: string, to: string) => `functions/core/${from}/imports-${to}.ts`;

let refused: Awaited<ReturnType<typeof refusedBy>>;

beforeAll(async () => {
  const pairs = ROOMS.flatMap((from) => ROOMS.map((to) => [from, to] as const));
  refused = await refusedBy({
    ...Object.fromEntries(
      pairs.map(([from, to]) => [
        importing(from, to),
        `import type { A } from '../${to}/a.ts';\n\nexport type B = A;\n`,
      ]),
    ),
    ...Object.fromEntries(ROOMS.map((room) => [`functions/core/${room}/a.ts`, 'export type A = string;\n'])),
    'functions/core/digest/view/deep.ts': "import type { A } from '../../mail/a.ts';\n\nexport type B = A;\n",
    'functions/core/poll/deep/up.ts': "import type { A } from '../../digest/a.ts';\n\nexport type B = A;\n",
    'functions/core/time.ts': "import type { A } from './records/a.ts';\n\nexport type B = A;\n",
    'functions/core/journal.ts': "import type { A } from './records/a.ts';\n\nexport type B = A;\n",
    'functions/core/mail/tells.ts': "import type { B } from '../journal.ts';\n\nexport type C = B;\n",
    'functions/core/poll/reads.ts':
      "import { GetItemCommand } from '@aws-sdk/client-dynamodb';\n\nexport const A = GetItemCommand;\n",
    'functions/adapters/one.ts': "import type { Other } from './other.ts';\n\nexport type One = Other;\n",
    'functions/adapters/other.ts': "import type { One } from './one.ts';\n\nexport type Other = One;\n",
  });
});

afterAll(async () => await rm(project, { recursive: true, force: true }));

const isRefused = (file: string) =>
  refused.some((one) => one.rule === 'lint/style/noRestrictedImports' && one.file.endsWith(file));

it.each(ROOMS)('%s imports from rooms below it and from itself, and from no other', (from) => {
  for (const to of ROOMS) {
    const isBelow = levelOf(to) < levelOf(from) && !(to === 'discord' && WITHOUT_DISCORD.includes(from));
    const isAllowed = to === from || isBelow;
    expect([to, isRefused(importing(from, to))]).toEqual([to, !isAllowed]);
  }
});

it('what is beside the rooms has its level as well, and so has a folder within a room', () => {
  expect(isRefused('functions/core/time.ts')).toBe(true);
  expect(isRefused('functions/core/journal.ts')).toBe(false);
  expect(isRefused('functions/core/mail/tells.ts')).toBe(true);
  expect(isRefused('functions/core/poll/deep/up.ts')).toBe(true);
  expect(isRefused('functions/core/digest/view/deep.ts')).toBe(false);
});

it('no room knows a service or an adapter', () => {
  expect(isRefused('functions/core/poll/reads.ts')).toBe(true);
});

it('no two files import from each other, not even types', () => {
  const cycles = refused.filter(({ rule }) => rule.endsWith('noImportCycles')).map(({ file }) => file);
  expect(cycles.map((file) => file.split('/').at(-1)).toSorted()).toEqual(['one.ts', 'other.ts']);
});
