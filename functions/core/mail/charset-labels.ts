/**
 * The name of the encoding for a label; undefined for a label that is in no table here.
 *
 * Looked up before a decoder is created: for a label that a sender invented, TextDecoder and iconv-lite take longer to
 * create one than to decode, and each label of a hostile email can be different.
 *
 * @returns a name for TextDecoder or iconv-lite, or one of the two that `charset.ts` decodes itself
 */
export function encodingOfLabel(label: string): string | undefined {
  if (label.length > LABEL_CHARACTERS) return undefined;
  const compact = label
    .toLowerCase()
    .replace(/["'\s]/g, '')
    .replace(/^x-/, '')
    .replace(/[^a-z0-9]/g, '');
  return ENCODING_BY_LABEL.get(compact) ?? ENCODING_BY_PATTERN.find(([pattern]) => pattern.test(compact))?.[1];
}

const LABEL_CHARACTERS = 40;

/**
 * By encoding, without punctuation and `x-`: the labels of the Encoding Standard
 * (https://encoding.spec.whatwg.org/#names-and-labels), then the charsets that only iconv-lite decodes.
 */
const LABELS = {
  'utf-8': 'unicode11utf8 unicode20utf8',
  ibm866: '866 cp866 csibm866 ibm866',
  'iso-8859-2': 'csisolatin2 iso88592 isoir101 iso885921987 l2 latin2',
  'iso-8859-3': 'csisolatin3 iso88593 isoir109 iso885931988 l3 latin3',
  'iso-8859-4': 'csisolatin4 iso88594 isoir110 iso885941988 l4 latin4',
  'iso-8859-5': 'csisolatincyrillic cyrillic iso88595 isoir144 iso885951988',
  'iso-8859-6':
    'arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 iso88596 iso88596e iso88596i isoir127 iso885961987',
  'iso-8859-7': 'csisolatingreek ecma118 elot928 greek greek8 iso88597 isoir126 iso885971987 suneugreek',
  'iso-8859-8': 'csiso88598e csisolatinhebrew hebrew isoir138 visual',
  'iso-8859-8-i': 'csiso88598i logical',
  'iso-8859-10': 'csisolatin6 iso885910 isoir157 l6 latin6',
  'iso-8859-13': 'iso885913',
  'iso-8859-14': 'iso885914',
  'iso-8859-15': 'csisolatin9 iso885915 l9 latin9',
  'koi8-r': 'cskoi8r koi koi8',
  macintosh: 'csmacintosh mac macintosh macroman',
  'windows-874': 'dos874 iso885911',
  'windows-1252': 'ansix341968 ascii cp819 csisolatin1 ibm819 iso88591 isoir100 iso885911987 l1 latin1 usascii',
  'windows-1254': 'csisolatin5 iso88599 isoir148 iso885991989 l5 latin5',
  'x-mac-cyrillic': 'maccyrillic macukrainian',
  gb18030: 'chinese csgb2312 csiso58gb231280 isoir58',
  big5: 'csbig5 xbig5',
  'euc-jp': 'cseucpkdfmtjapanese',
  'iso-2022-jp': 'csiso2022jp',
  shift_jis: 'csshiftjis',
  'euc-kr': 'cseuckr csksc56011987 isoir149 korean',
  'utf-16be': 'utf16be',
  'utf-16le': 'csunicode iso10646ucs2 ucs2 unicode unicodefeff utf16 utf16le',
  'iso-8859-16': 'iso885916 isoir226 latin10 l10',
  'utf-7': 'utf7 unicode11utf7 csutf7 csunicode11utf7 cp65000 65000',
  'utf-32': 'utf32 ucs4 iso10646ucs4 csucs4',
  'utf-32le': 'utf32le ucs4le',
  'utf-32be': 'utf32be ucs4be',
  cesu8: 'cesu8 cscesu8',
  'koi8-t': 'koi8t',
  armscii8: 'armscii8',
  georgianacademy: 'georgianacademy',
  georgianps: 'georgianps',
  pt154: 'pt154 ptcp154 csptcp154 cyrillicasian',
  rk1048: 'rk1048 strk10482002 kz1048',
  tcvn: 'tcvn tcvn5712 tcvn57121',
  viscii: 'viscii csviscii',
  mik: 'mik',
  hproman8: 'hproman8 cshproman8 roman8 r8 ibm1051',
  maccenteuro: 'maccenteuro maccentraleurope macce',
  maccroatian: 'maccroatian',
  macgreek: 'macgreek',
  maciceland: 'maciceland macicelandic',
  macromania: 'macromania macromanian',
  macthai: 'macthai',
  macturkish: 'macturkish',
  'iso-2022-kr': 'iso2022kr csiso2022kr cp50225 50225',
  'hz-gb-2312': 'hz hzgb2312 hzgb cp52936 52936',
} as const;

/** Code pages of DOS and of IBM mainframe terminals, which the Encoding Standard omits. */
const IBM_CODE_PAGES =
  '437 737 775 808 850 852 855 856 857 858 860 861 862 863 864 865 869 922 1046 1124 1125 1129 1133 1161 1162 1163'.split(
    ' ',
  );

const ENCODING_BY_LABEL: ReadonlyMap<string, string> = new Map([
  ...Object.entries(LABELS).flatMap(([encoding, labels]) =>
    labels.split(' ').map((label) => [label, encoding] as const),
  ),
  ...IBM_CODE_PAGES.flatMap((page) =>
    ['', 'cp', 'ibm', 'dos', 'csibm', 'cspc'].map((prefix) => [`${prefix}${page}`, `cp${page}`] as const),
  ),
  ['cspc8codepage437', 'cp437'],
  ['cspc850multilingual', 'cp850'],
]);

/** Families of labels, since senders use more variants than any list has. */
const ENCODING_BY_PATTERN: readonly (readonly [RegExp, string])[] = [
  [/^utf8|^(?:cp)?65001$/, 'utf-8'],
  [/^iso2022jp|^cp5022[0-2]$/, 'iso-2022-jp'],
  [/^s(?:hift)?jis|^mskanji$|^(?:cp|ms|ibm|windows)(?:932|31j|943)/, 'shift_jis'],
  [/^eucjp|^(?:cp)?51932$/, 'euc-jp'],
  // GB18030 contains GBK and GB2312; ICU's GBK lacks its four-byte characters.
  [/^gb|^euccn$|^cngb|^(?:cp|ms|windows)(?:936|54936)$/, 'gb18030'],
  [/^big5|^cnbig5|^(?:cp|ms|windows)950$/, 'big5'],
  [/^euckr$|^ksc|^uhc$|^(?:cp|ms|windows)949$/, 'euc-kr'],
  [/^tis620|^(?:cp|ms|windows)874$/, 'windows-874'],
  [/^koi8r?$/, 'koi8-r'],
  [/^koi8r?u$/, 'koi8-u'],
  [/^iso88598/, 'iso-8859-8-i'],
  ...Array.from(
    { length: 9 },
    (_, last) => [new RegExp(`^(?:cp|ms|win|windows)125${last}$`), `windows-125${last}`] as const,
  ),
];
