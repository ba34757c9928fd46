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

/**
 * Characters of which none is invisible, a mark or half a character: most Latin, Greek, Cyrillic, Chinese, Japanese and
 * Korean text. It needs no closer look, which would take longer than all else that reading a mail does.
 */
const SIMPLE_TEXT =
  /^[\t-\r -~\xA0-\xAC\xAE-\u02FF\u0370-\u0482\u048A-\u058F\u2010-\u2027\u2030-\u205E\u20A0-\u20BF\u2190-\u25FF\u3000-\u3029\u3041-\u3096\u30A0-\u30FF\u4E00-\u9FFF\uAC00-\uD7A3\uFF01-\uFF9F]*$/;

/** All that INVISIBLE might take out, found without looking around. */
const SUSPECT = /(?![\t-\r\x85])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/u;

/** White space other than one space on its own. */
const WHITE_SPACE = /(?:[^\S ]|\x85)[\s\x85]*| [\s\x85]+/g;

/** Six marks on one letter are more than any living script stacks; more of them draw over the neighbouring lines. */
const FLOOD_OF_MARKS = /(\p{M}{6})\p{M}+/gu;

/** One line of text, safe to show: invisible and direction-changing characters removed, white space as single spaces. */
export function displayedText(text: string): string {
  if (SIMPLE_TEXT.test(text)) return text.replace(WHITE_SPACE, ' ').trim();
  const visible = SUSPECT.test(text) ? text.replace(INVISIBLE, '') : text;
  return visible.replace(WHITE_SPACE, ' ').replace(FLOOD_OF_MARKS, '$1').trim();
}

/**
 * The first `maxCharacters` of what `displayedText` makes of a text, cut like `cutText`. Looks at as much of the text as
 * that takes: a mail's first kilobytes are mostly longer than its snippet.
 */
export function cutDisplayedText(text: string, maxCharacters: number): string {
  const start = text.slice(0, 4 * maxCharacters);
  const shown = displayedText(start);
  // What a mark or joiner behind the start would change lies in its last grapheme, well behind the cut.
  const isEnough = start.length === text.length || shown.length > 2 * maxCharacters;
  return cutText(isEnough ? shown : displayedText(text), maxCharacters);
}

/** Made when a text is first cut: to make it takes a fifth of the poster's init, and most of its texts are short. */
let graphemes: Intl.Segmenter | undefined;

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
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const boundary = graphemes.segment(window).containing(room)?.index ?? 0;
  return `${text.slice(0, boundary).trimEnd()}…`;
}
