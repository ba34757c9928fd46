import type { CommandOption } from './command.ts';
import { CommandError } from './command-error.ts';

const DEFAULT_DAYS = 7;

/** The option `--days` of a command that looks back. */
export function daysOption(what: string): CommandOption {
  return { value: 'N', what: `${what} (default ${DEFAULT_DAYS})` };
}

/** @throws CommandError if it is not a number of days */
export function daysIn(text = String(DEFAULT_DAYS)): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new CommandError(`--days ${text}: takes a number of days from 1 to 9999.`);
}
