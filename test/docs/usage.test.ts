import { expect, it } from 'vitest';
import { COMMANDS } from '../../lib/cli/commands.ts';
import { usageOf, usageOfCommand } from '../../lib/cli/usage.ts';
import { filesUnder } from './project-files.ts';

const COLUMNS = 100;

/** By program: what it prints about how to call it. */
const USAGES: readonly (readonly [program: string, usage: string])[] = [
  ['npm run rollcall', usageOf(COMMANDS)],
  ...COMMANDS.map((command) => [`npm run rollcall -- ${command.name}`, usageOfCommand(command)] as const),
  ...['lib', 'test']
    .flatMap((folder) => filesUnder(folder, /\.ts$/))
    .flatMap(({ path, text }) => {
      const usage = /^(?:export )?const USAGE = `([^`]*)`/m.exec(text)?.[1];
      return usage ? [[path, usage] as const] : [];
    }),
];

it('finds the usage of every program', () => {
  expect(USAGES.map(([program]) => program)).toEqual(
    expect.arrayContaining(['npm run rollcall', 'lib/local/options.ts', 'test/fuzz/main.ts', 'test/e2e/main.ts']),
  );
});

it.each(USAGES)(`%s shows its usage in ${COLUMNS} columns`, (_program, usage) => {
  expect(usage.split('\n').filter((line) => line.length > COLUMNS)).toEqual([]);
});
