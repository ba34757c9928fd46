import { listedFrom } from './correct-answers.ts';
import type { Exchange } from './scripted-server.ts';

/**
 * A server that lists its email, in good IMAP, and leaves one out denies it, and so does one that says that it has none.
 * Nobody can know better from this answer.
 */
export function isDenied(uid: number, said: readonly Exchange[]): boolean {
  return asHeard(said).some(({ command, delivered }) => {
    if (command.name === 'EXAMINE') return /^\* 0+ EXISTS\b/im.test(delivered);
    const from = listedFrom(command);
    if (from === undefined || uid < from) return false;
    return ![...delivered.matchAll(/\bUID (\d+)\b/g)].some(([, listed]) => Number(listed) === uid);
  });
}

/** What a server says behind the completion of a command, a client takes for an answer to the next one. */
function asHeard(said: readonly Exchange[]): Exchange[] {
  let late = '';
  return said.map(({ command, delivered }) => {
    const completion = new RegExp(`^${command.tag} (?:OK|NO|BAD)\\b[^\\n]*\\n`, 'm').exec(delivered);
    const end = completion ? completion.index + completion[0].length : delivered.length;
    const heard = { command, delivered: late + delivered.slice(0, end) };
    late = delivered.slice(end);
    return heard;
  });
}
