import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import type { Environment } from '../../functions/wiring/environment.ts';

/** Asks a person for a secret without showing it; empty if none was given. */
export type AskSecret = (question: string) => Promise<string>;

/** An option that takes a value. */
export type CommandOption = {
  /** The placeholder for its value in the usage, such as `N`. */
  value: string;
  what: string;
};

/** One command: its usage, and what it does. */
export type Command = {
  name: string;
  /** The placeholder for its name argument in the usage, such as `[ROUTE]`; undefined if it takes none. */
  argument?: string;
  summary: string;
  /** In addition to those of every command. */
  options?: Readonly<Record<string, CommandOption>>;
  /**
   * @returns the exit code
   * @throws CommandError if it cannot be executed
   */
  run(call: CommandCall): Promise<number>;
};

/** One call of a command, and what it may use. */
export type CommandCall = {
  /** The name after the command; undefined means all. */
  named: string | undefined;
  /** The values of the command's own options. */
  options: Readonly<Record<string, string | undefined>>;
  stackName: string;
  /** The command is for a local run and does not use AWS. */
  isLocal: boolean;
  /** The endpoints of the AWS services. */
  environment: Environment;
  settings(): Promise<Settings>;
  /** The environment of the deployment's functions. @throws CommandError if there is none */
  deployed(): Promise<Environment>;
  ask: AskSecret;
  print(line: string): void;
};
