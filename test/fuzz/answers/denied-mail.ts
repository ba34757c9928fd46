import { askedFor } from './correct-answers.ts';
import type { Exchange } from './scripted-server.ts';

/**
 * A server that answers a SEARCH with a list of uids and leaves a mail out denies that mail, and so does one that says it
 * is older than it is; nobody can know better from this answer. One without a SEARCH response, or with an entry in it
 * that is no uid, denies nothing.
 */
export function isDenied(uid: number, said: readonly Exchange[]): boolean {
  return asHeard(said).some(({ command, delivered }) => {
    if (command.name !== 'UID SEARCH') return false;
    const responses = delivered.match(/^\* SEARCH\b[^\n]*\n/gim) ?? [];
    const entries = responses.flatMap((response) => response.trim().split(/\s+/).slice(2));
    if (responses.length === 0 || !entries.every(isUid)) return false;
    const isNamed = entries.some((entry) => Number(entry) === uid);
    return command.text.startsWith('BEFORE') ? isNamed : askedFor(command.text)(uid) && !isNamed;
  });
}

/** As lenient as imapflow, which takes `1e3` and `007` for uids, and more than one space between them for one. */
function isUid(entry: string): boolean {
  const uid = Number(entry);
  return Number.isInteger(uid) && uid > 0 && uid <= 4_294_967_295;
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
