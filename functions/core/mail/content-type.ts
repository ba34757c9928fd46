import { firstValue, type HeaderFields } from './header-fields.ts';

/** The Content-Type of a part. */
export type ContentType = {
  /** `text/plain`, in lower case; also the default if it is missing or malformed (RFC 2045, 5.2). */
  type: string;
  /** A parameter by its lower-case name, joined and decoded if RFC 2231 split or encoded it. */
  parameter: (name: string) => string | undefined;
  /**
   * What may separate the parts of a multipart: the parameter, and all text up to the next one if it has spaces but no
   * quotes.
   */
  boundaries: readonly string[];
};

/** Tolerates common mistakes: quotes, and spaces around the slash. */
const TYPE = /^[\s"]*([\w.+-]+)\s*\/\s*([\w.+-]+)/;

/** Types that some senders shorten to one half. */
const TYPE_BY_WORD: ReadonlyMap<string, string> = new Map([
  ['text', 'text/plain'],
  ['plain', 'text/plain'],
  ['html', 'text/html'],
  ['multipart', 'multipart/mixed'],
  ['mixed', 'multipart/mixed'],
  ['alternative', 'multipart/alternative'],
  ['related', 'multipart/related'],
]);

function typeIn(value: string): string | undefined {
  const [, type, subtype] = TYPE.exec(value) ?? [];
  if (type && subtype) return `${type}/${subtype}`.toLowerCase();
  const word = /^[\s"]*([a-z]+)[\s";/]*(?:;|$)/i.exec(value)?.[1];
  return word && TYPE_BY_WORD.get(word.toLowerCase());
}

/** `;name=value` of RFC 2045, 5.1. Tolerates common mistakes: spaces around the sign, and missing quotes. */
const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))/g;

/** Longer values are only sent to do harm; the rest is not read. */
const VALUE_CHARACTERS = 10_000;

export function contentTypeOf(fields: HeaderFields, fallback = 'text/plain'): ContentType {
  const value = firstValue(fields, 'content-type').slice(0, VALUE_CHARACTERS);
  const parameter = parametersOf(value);
  return {
    type: typeIn(value) ?? fallback,
    parameter,
    get boundaries() {
      return boundariesIn(value, parameter('boundary'));
    },
  };
}

/** The parameters of a Content-Type or Content-Disposition. */
export function parametersOf(value: string): ContentType['parameter'] {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token = ''] of value.slice(0, VALUE_CHARACTERS).matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    // The first of two counts: a second boundary must not hide parts from one reader and show them to another.
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? token);
  }
  return (name) => parameters.get(name) ?? extendedParameter(parameters, name);
}

const UNQUOTED_BOUNDARY = /;\s*boundary\s*=\s*([^\s;"][^;"]*)/i;

/**
 * A boundary does not end in white space (RFC 2046, 5.1.1). If the parameter does, the delimiter lines may have lost
 * it.
 */
function boundariesIn(value: string, parameter: string | undefined): readonly string[] {
  const candidates = [parameter, UNQUOTED_BOUNDARY.exec(value)?.[1]].map((boundary) => boundary?.trimEnd() ?? '');
  return [...new Set(candidates)].filter((boundary) => boundary !== '');
}

/** RFC 2231: `name*=utf-8''value`, `name*0=…; name*1*=…`. */
function extendedParameter(parameters: ReadonlyMap<string, string>, name: string): string | undefined {
  const whole = parameters.get(`${name}*`);
  if (whole !== undefined) return percentDecoded(whole);
  let value: string | undefined;
  for (let section = 0; ; section += 1) {
    const plain = parameters.get(`${name}*${section}`);
    const encoded = parameters.get(`${name}*${section}*`);
    if (plain === undefined && encoded === undefined) return value;
    value = (value ?? '') + (plain ?? percentDecoded(encoded ?? ''));
  }
}

function percentDecoded(value: string): string {
  return value
    .replace(/^[^']*'[^']*'/, '')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
