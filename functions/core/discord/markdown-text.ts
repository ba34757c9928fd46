import { cutText, displayedText } from '../mail/displayed-text.ts';

/**
 * What begins something in Discord's markdown anywhere in a line: emphasis, spoilers, code, masked links, and with `<`
 * all mentions, custom emoji, timestamps and slash commands. `@` names everyone. `:` stands in every address that would
 * become a link by itself and around the names of emoji: addresses are shown, and cannot be clicked.
 * https://support.discord.com/hc/en-us/articles/210298617, https://docs.discord.com/developers/reference#message-formatting
 */
const INLINE = /[\\*_~`|[\]<@:]/g;

/** What begins a heading, small print, a quote or a list, and only there. */
const LINE_START = /^(?:[#>+-]|\d+[.)])/;

/**
 * A text of a mail that Discord shows as it is, as one line of at most `maxCharacters` markdown characters. A backslash
 * makes any punctuation plain.
 */
export function markdownText(text: string, maxCharacters: number): string {
  const shown = displayedText(text);
  // Cut first and escape then, so that no cut falls between a backslash and what it escapes.
  for (let room = maxCharacters; ; ) {
    const escaped = plain(cutText(shown, room));
    if (escaped.length <= maxCharacters) return escaped;
    room -= Math.max(1, Math.ceil((escaped.length - maxCharacters) / 2));
  }
}

function plain(text: string): string {
  return text.replace(INLINE, '\\$&').replace(LINE_START, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`);
}
