import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { hiddenPrompt } from '../../../lib/cli/hidden-prompt.ts';

/** A terminal with a person typing. */
function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = new PassThrough();
  return { ask: hiddenPrompt(input, output), type: (keys: string) => input.write(keys), input, output };
}

describe('at a terminal', () => {
  it('shows the question, and nothing of the answer', async () => {
    const { ask, type, output } = terminal();
    const answer = ask('The password: ');
    type('s3cret\r');
    expect(await answer).toBe('s3cret');
    output.end();
    expect(await text(output)).toBe('The password: \n');
  });

  it('asks again and again', async () => {
    const { ask, type } = terminal();
    const first = ask('one: ');
    type('first\r');
    expect(await first).toBe('first');
    const second = ask('two: ');
    type('second\r');
    expect(await second).toBe('second');
  });

  it.each([
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ])('gives up on %s', async (_keys, key) => {
    const { ask, type } = terminal();
    const answer = ask('The password: ');
    type(key);
    await expect(answer).rejects.toThrow('Nothing more was stored.');
  });
});

describe('without a terminal', () => {
  it('takes the whole input, less one line end', async () => {
    const input = new PassThrough();
    input.end('correct horse \r\n');
    expect(await hiddenPrompt(input, new PassThrough())('The password: ')).toBe('correct horse ');
  });
});
