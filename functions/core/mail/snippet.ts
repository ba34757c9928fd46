import { decodedText } from './charset.ts';
import { cutDisplayedText, cutText } from './displayed-text.ts';
import { unflowedText } from './flowed-text.ts';
import type { HeaderFields } from './header-fields.ts';
import { textOfHtml } from './html-text.ts';
import { type Choice, readablePartsOf, type TextContent } from './mime-parts.ts';
import { decodedContent } from './transfer-encoding.ts';

export const SNIPPET_CHARACTERS = 500;

/** The first readable text of a message whose body may end anywhere; empty where there is none in it. */
export function snippetOfMessage(fields: HeaderFields, body: string): string {
  const { body: shown, attached } = readablePartsOf(fields, body);
  return snippetOfChoices(shown) || snippetOfChoices(attached);
}

/**
 * Texts of one type only are put together: HTML beside plain text mostly says the same, and plain text behind HTML is a
 * mailing list's footer.
 */
function snippetOfChoices(choices: readonly Choice[]): string {
  let snippet = '';
  let type: TextContent['type'] | undefined;
  for (const choice of choices) {
    for (const part of choice) {
      const text = type === undefined || part.type === type ? snippetOfText(part) : '';
      if (!text) continue;
      type = part.type;
      snippet = snippet ? `${snippet} ${text}` : text;
      break;
    }
    if (snippet.length >= SNIPPET_CHARACTERS) break;
  }
  return cutText(snippet, SNIPPET_CHARACTERS);
}

/** Some senders label HTML as plain text. */
const LOOKS_LIKE_HTML = /^\s*<(?:!doctype html|html)[\s>]/i;

export function snippetOfText({ type, charset, encoding, flow, content }: TextContent): string {
  const text = decodedText(decodedContent(content, encoding), charset, 'cut');
  return cutDisplayedText(readable(text, type, flow), SNIPPET_CHARACTERS);
}

function readable(text: string, type: TextContent['type'], flow: TextContent['flow']): string {
  if (type === 'text/html' || LOOKS_LIKE_HTML.test(text)) return textOfHtml(text, SNIPPET_CHARACTERS);
  return flow ? unflowedText(text, { delSp: flow === 'flowed, delsp' }) : text;
}
