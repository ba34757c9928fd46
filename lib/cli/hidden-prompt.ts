import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { AskSecret } from './command.ts';
import { CommandError } from './command-error.ts';

/**
 * Asks at the terminal without echo. Where the input is no terminal, all of it is the answer, less one line end, so that
 * a program can hand over a secret.
 *
 * @throws CommandError where the person gives up
 */
export function hiddenPrompt(
  input: NodeJS.ReadableStream & { isTTY?: boolean },
  output: NodeJS.WritableStream,
): AskSecret {
  if (!input.isTTY) return async () => (await text(input)).replace(/\r?\n$/, '');
  return async (question) => {
    output.write(question);
    // Readline echoes what is typed to its output, which therefore goes nowhere.
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = createInterface({ input, output: nowhere, terminal: true });
    try {
      return await new Promise<string>((resolve, reject) => {
        lines.once('line', resolve);
        lines.once('SIGINT', () => reject(new CommandError('Nothing more was stored.')));
        lines.once('close', () => reject(new CommandError('Nothing more was stored.')));
      });
    } finally {
      lines.close();
      output.write('\n');
    }
  };
}
