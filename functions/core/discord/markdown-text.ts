import { cutText, displayedText } from '../mail/displayed-text.ts';

/**
 * Characters that begin Discord markdown anywhere in a line: emphasis, spoilers, code, masked links, and with `<` all
 * mentions, custom emoji, timestamps and slash commands. `@` begins @everyone. `:` is in every address that Discord
 * would turn into a link, and around emoji names: addresses are shown, but cannot be clicked.
 * https://support.discord.com/hc/en-us/articles/210298617,
 * https://docs.discord.com/developers/reference#message-formatting
 */
const INLINE = /[\\*_~`|[\]<@:]/g;

/** Characters that begin a heading, small print, a quote or a list, but only at the start of a line. */
const LINE_START = /^(?:[#>+-]|\d+[.)])/;

/**
 * Escapes a text of an email so that Discord shows it unchanged, as one line of at most `maxCharacters` markdown
 * characters. A backslash makes any punctuation plain.
 */
export function markdownText(text: string, maxCharacters: number): string {
  const shown = displayedText(text);
  // Cut first, then escape, so that no cut separates a backslash from its character.
  for (let room = maxCharacters; ; ) {
    const escaped = plain(cutText(shown, room));
    if (escaped.length <= maxCharacters) return escaped;
    room -= Math.max(1, Math.ceil((escaped.length - maxCharacters) / 2));
  }
}

function plain(text: string): string {
  return text.replace(INLINE, '\\$&').replace(LINE_START, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`);
}
