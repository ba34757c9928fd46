/**
 * Email text that is safe to display in a digest, a post or a terminal. The content stays; characters that only control
 * how text is drawn are removed, since a sender can use them to reverse a line, hide words or break the layout.
 */

/** Emoji sequences such as a family need U+200D; words in these scripts need U+200C and U+200D (UAX #31, 2.3). */
const JOINER_AT_WORK = [
  String.raw`(?<=\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F]?)\u200D(?=\p{Extended_Pictographic})`,
  String.raw`(?<=[\p{sc=Arabic}\p{sc=Syriac}\p{sc=Devanagari}\p{sc=Bengali}\p{sc=Gurmukhi}\p{sc=Gujarati}\p{sc=Oriya}\p{sc=Tamil}\p{sc=Telugu}\p{sc=Kannada}\p{sc=Malayalam}\p{sc=Sinhala}])[\u200C\u200D]`,
].join('|');

/** White space is shown as a space; U+FE0E and U+FE0F choose between a text and an emoji form. */
const SHOWN = String.raw`[\t\n\v\f\r\x85\uFE0E\uFE0F]`;

/**
 * Controls, lone surrogates, interlinear annotations, and everything that Unicode marks as ignorable for display: bidi
 * overrides, isolates and marks, zero-width spaces, soft hyphens, fillers, tags.
 */
const INVISIBLE = new RegExp(
  String.raw`(?!${JOINER_AT_WORK}|${SHOWN})[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]`,
  'gu',
);

/**
 * Text without invisible characters, marks or half characters: most Latin, Greek, Cyrillic, Chinese, Japanese and
 * Korean text. It skips the full check, which would take longer than the rest of reading an email.
 */
const SIMPLE_TEXT =
  /^[\t-\r -~\xA0-\xAC\xAE-\u02FF\u0370-\u0482\u048A-\u058F\u2010-\u2027\u2030-\u205E\u20A0-\u20BF\u2190-\u25FF\u3000-\u3029\u3041-\u3096\u30A0-\u30FF\u4E00-\u9FFF\uAC00-\uD7A3\uFF01-\uFF9F]*$/;

/** Everything that INVISIBLE might remove, found without lookaround. */
const SUSPECT = /(?![\t-\r\x85])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/u;

/** White space other than a single space. */
const WHITE_SPACE = /(?:[^\S ]|\x85)[\s\x85]*| [\s\x85]+/g;

/** No living script stacks more than six marks on one letter; more would draw over the neighbouring lines. */
const FLOOD_OF_MARKS = /(\p{M}{6})\p{M}+/gu;

/**
 * One line of text that is safe to show: invisible and direction-changing characters removed, white space as single
 * spaces.
 */
export function displayedText(text: string): string {
  if (SIMPLE_TEXT.test(text)) return text.replace(WHITE_SPACE, ' ').trim();
  const visible = SUSPECT.test(text) ? text.replace(INVISIBLE, '') : text;
  return visible.replace(WHITE_SPACE, ' ').replace(FLOOD_OF_MARKS, '$1').trim();
}

/**
 * The first `maxCharacters` of `displayedText`, cut like `cutText`. Reads only as much of the text as that needs: the
 * first kilobytes of an email are usually longer than its snippet.
 */
export function cutDisplayedText(text: string, maxCharacters: number): string {
  const start = text.slice(0, 4 * maxCharacters);
  const shown = displayedText(start);
  // A mark or joiner after the start can change only its last grapheme, which is well after the cut.
  const isEnough = start.length === text.length || shown.length > 2 * maxCharacters;
  return cutText(isEnough ? shown : displayedText(text), maxCharacters);
}

/**
 * Created when a text is first cut: creating it takes a fifth of the poster's init, and most of its texts are short.
 */
let graphemes: Intl.Segmenter | undefined;

/**
 * At most `maxCharacters` UTF-16 code units of the text, with an ellipsis if it was cut. The cut is between two
 * graphemes (UAX #29); a single grapheme longer than the limit is omitted. Reads no further than the limit, so that a
 * hostile text costs no more than a long one.
 */
export function cutText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  if (maxCharacters < 1) return '';
  const room = maxCharacters - 1;
  // Whether there is a boundary before a character depends only on that character and those before it.
  const window = text.slice(0, room + 2);
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const boundary = graphemes.segment(window).containing(room)?.index ?? 0;
  return `${text.slice(0, boundary).trimEnd()}…`;
}
