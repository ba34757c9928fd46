import { listedFrom } from './correct-answers.ts';
import type { Exchange } from './scripted-server.ts';
import { INTERNAL_DATE } from './served-mailbox.ts';

/**
 * A server denies an email if it lists its email, in valid IMAP, without that one, or says that it has none. A client
 * cannot know better from this answer.
 */
export function isDenied(uid: number, said: readonly Exchange[]): boolean {
  return asHeard(said).some(({ command, delivered }) => {
    if (command.name === 'EXAMINE') return /^\* 0+ EXISTS\b/im.test(delivered);
    const from = listedFrom(command);
    if (from === undefined || uid < from) return false;
    const line = delivered.split('\n').find((one) => Number(/\bUID (\d+)\b/.exec(one)?.[1]) === uid);
    if (line === undefined) return true;
    // Nor that an email was not expunged, if its line cannot be read, or that it came at another time.
    const isExpunged = /^\* \d+ EXPUNGE\b/im.test(delivered) && !/^\* \d+ FETCH\b/.test(line);
    return isExpunged || (line.includes('INTERNALDATE') && !line.includes(INTERNAL_DATE));
  });
}

/** A client takes anything that a server sends after the completion of a command for an answer to the next one. */
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
