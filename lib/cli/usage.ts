import { STACK_NAME } from '../stack/deployment-name.ts';
import type { Command, CommandOption } from './command.ts';

/** The options of every command. */
export const SHARED_OPTIONS = {
  stack: { value: 'NAME', what: `the stack that was deployed (default ${STACK_NAME}), in the region AWS_REGION` },
  region: { value: 'REGION', what: 'another region than AWS_REGION' },
  settings: { value: 'FILE', what: 'other settings than functions/settings.ts' },
  local: { value: 'URL', what: 'a local run instead: the address that npm start prints' },
} as const satisfies Readonly<Record<string, CommandOption>>;

const CALL = 'npm run rollcall --';
const COLUMN = 20;
const LINE_CHARACTERS = 100;
const INDENT = '  ';

/** The usage of Rollcall, with every command and the shared options. */
export function usageOf(commands: readonly Command[]): string {
  return [
    `Usage: ${CALL} <command> [options]`,
    '',
    ...commands.map((command) => row(nameAndArgument(command), command.summary)),
    '',
    ...optionRows(SHARED_OPTIONS),
    row('--help', 'with a command: shows its own options too'),
    '',
  ].join('\n');
}

/** The usage of one command, with all its options. */
export function usageOfCommand(command: Command): string {
  return [
    `Usage: ${CALL} ${nameAndArgument(command)} [options]`,
    '',
    ...wrapped(command.summary, LINE_CHARACTERS - INDENT.length).map((line) => `${INDENT}${line}`),
    '',
    ...optionRows({ ...command.options, ...SHARED_OPTIONS }),
    '',
  ].join('\n');
}

function nameAndArgument({ name, argument }: Command): string {
  return argument ? `${name} ${argument}` : name;
}

function optionRows(options: Readonly<Record<string, CommandOption>>): string[] {
  return Object.entries(options).map(([name, { value, what }]) => row(`--${name} ${value}`, what));
}

function row(left: string, right: string): string {
  const begin = `${INDENT}${left.padEnd(COLUMN)} `;
  return wrapped(right, LINE_CHARACTERS - begin.length)
    .map((line, index) => (index === 0 ? begin : ' '.repeat(begin.length)) + line)
    .join('\n');
}

/** Lines of at most this length, broken between words. */
function wrapped(text: string, characters: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || longer.length > characters) lines.push(word);
    else lines.splice(-1, 1, longer);
  }
  return lines;
}
