import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import type { Environment } from '../../functions/wiring/environment.ts';

/** Asks a person for a secret without showing it; empty where nothing was given. */
export type AskSecret = (question: string) => Promise<string>;

/** An option that takes a value. */
export type CommandOption = {
  /** How its value is written in the usage, such as `N`. */
  value: string;
  what: string;
};

/** One command: how it is called, and what it does. */
export type Command = {
  name: string;
  /** How the one name that it takes is written in the usage, such as `[ROUTE]`; undefined where it takes none. */
  argument?: string;
  summary: string;
  /** Beside those that every command has. */
  options?: Readonly<Record<string, CommandOption>>;
  /**
   * @returns the exit code
   * @throws CommandError where it cannot be done
   */
  run(call: CommandCall): Promise<number>;
};

/** One call of a command, and what it may use. */
export type CommandCall = {
  /** The one name after the command; undefined: all of them. */
  named: string | undefined;
  /** The values of the command's own options. */
  options: Readonly<Record<string, string | undefined>>;
  stackName: string;
  /** A local run is meant, and nothing of AWS. */
  isLocal: boolean;
  /** Where the AWS services are. */
  environment: Environment;
  settings(): Promise<Settings>;
  /** The environment of the functions of the deployment. @throws CommandError where there is none */
  deployed(): Promise<Environment>;
  ask: AskSecret;
  print(line: string): void;
};
