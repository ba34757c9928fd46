/**
 * Mail text as it may be shown: in a digest, a post, a terminal. What a mail says stays; what only steers how text is
 * drawn goes, since a sender can use it to reverse a line, to hide words in others or to leave its place in the layout.
 */

/** Emoji sequences such as a family need U+200D; so do words of these scripts U+200C and U+200D (UAX #31, 2.3). */
const JOINER_AT_WORK = [
  String.raw`(?<=\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F]?)\u200D(?=\p{Extended_Pictographic})`,
  String.raw`(?<=[\p{sc=Arabic}\p{sc=Syriac}\p{sc=Devanagari}\p{sc=Bengali}\p{sc=Gurmukhi}\p{sc=Gujarati}\p{sc=Oriya}\p{sc=Tamil}\p{sc=Telugu}\p{sc=Kannada}\p{sc=Malayalam}\p{sc=Sinhala}])[\u200C\u200D]`,
].join('|');

/** White space is shown as a space; U+FE0E and U+FE0F choose between a text and an emoji form. */
const SHOWN = String.raw`[\t\n\v\f\r\x85\uFE0E\uFE0F]`;

/**
 * Controls, lone surrogates, interlinear annotations, and all that Unicode itself calls ignorable when displayed: bidi
 * overrides, isolates and marks, zero-width spaces, soft hyphens, fillers, tags.
 */
const INVISIBLE = new RegExp(
  String.raw`(?!${JOINER_AT_WORK}|${SHOWN})[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]`,
  'gu',
);

const WHITE_SPACE = /[\s\x85]+/g;

/** Six marks on one letter are more than any living script stacks; more of them draw over the neighbouring lines. */
const FLOOD_OF_MARKS = /(\p{M}{6})\p{M}+/gu;

/** One line of text, safe to show: invisible and direction-changing characters removed, white space as single spaces. */
export function displayedText(text: string): string {
  return text.replace(INVISIBLE, '').replace(WHITE_SPACE, ' ').replace(FLOOD_OF_MARKS, '$1').trim();
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * At most `maxCharacters` UTF-16 code units of the text, with an ellipsis where it was cut. The cut falls between two
 * graphemes (UAX #29); one that alone is longer than the limit is left out. Reads no further than the limit, so that a
 * hostile text costs no more than a long one.
 */
export function cutText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  if (maxCharacters < 1) return '';
  const room = maxCharacters - 1;
  // Whether a boundary lies before a character depends on that character and on what precedes it, never on what follows.
  const window = text.slice(0, room + 2);
  const boundary = graphemes.segment(window).containing(room)?.index ?? 0;
  return `${text.slice(0, boundary).trimEnd()}…`;
}
