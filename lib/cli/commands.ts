import { checkCommand } from './check.ts';
import type { Command } from './command.ts';
import { lettersCommand } from './letters.ts';
import { previewCommand } from './preview.ts';
import { redriveCommand } from './redrive.ts';
import { rescanCommand } from './rescan.ts';
import { secretsCommand } from './secrets.ts';
import { statusCommand } from './status.ts';

/** Every command, in the order of the usage. */
export const COMMANDS: readonly Command[] = [
  checkCommand,
  secretsCommand,
  previewCommand,
  statusCommand,
  redriveCommand,
  lettersCommand,
  rescanCommand,
];
