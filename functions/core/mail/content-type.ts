import { firstValue, type HeaderFields } from './header-fields.ts';

/** What a part says of its content. */
export type ContentType = {
  /** `text/plain`, in lower case; what is missing or malformed counts as that (RFC 2045, 5.2). */
  type: string;
  /** A parameter, by lower-case name, put together and decoded where RFC 2231 cut or encoded it. */
  parameter: (name: string) => string | undefined;
  /** What may separate the parts of a multipart: the parameter, and all up to the next one where it has spaces and no quotes. */
  boundaries: readonly string[];
};

/** With what senders make of it: quotes, spaces around the slash. */
const TYPE = /^[\s"]*([\w.+-]+)\s*\/\s*([\w.+-]+)/;

/** Types of which some senders write only one half. */
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

/** `;name=value` of RFC 2045, 5.1, with what senders make of it: spaces around the sign, no quotes where some are due. */
const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))/g;

/** Longer values exist only to do harm; what is beyond is not read. */
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
    // The first of two counts: a second boundary must not hide the parts from one reader and show them to another.
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? token);
  }
  return (name) => parameters.get(name) ?? extendedParameter(parameters, name);
}

const UNQUOTED_BOUNDARY = /;\s*boundary\s*=\s*([^\s;"][^;"]*)/i;

/** A boundary does not end in white space (RFC 2046, 5.1.1), and where it is named so, the lines may have lost it. */
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
