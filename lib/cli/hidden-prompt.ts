import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { AskSecret } from './command.ts';
import { CommandError } from './command-error.ts';

/**
 * Asks at the terminal without echo. If the input is not a terminal, all of it is the answer, less one line break, so
 * that a program can pass a secret.
 *
 * @throws CommandError if the person cancels
 */
export function hiddenPrompt(
  input: NodeJS.ReadableStream & { isTTY?: boolean },
  output: NodeJS.WritableStream,
): AskSecret {
  if (!input.isTTY) return async () => (await text(input)).replace(/\r?\n$/, '');
  return async (question) => {
    output.write(question);
    // Readline echoes the input to its output, so the output is discarded.
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
