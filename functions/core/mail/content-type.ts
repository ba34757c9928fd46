import { firstValue, type HeaderFields } from './header-fields.ts';

/** What a part says of its content. */
export type ContentType = {
  /** `text/plain`, in lower case; what is missing or malformed counts as that (RFC 2045, 5.2). */
  type: string;
  /** A parameter, by lower-case name, put together and decoded where RFC 2231 cut or encoded it. */
  parameter(name: string): string | undefined;
};

const TYPE = /^\s*([\w.+-]+\/[\w.+-]+)/;

/** `;name=value` of RFC 2045, 5.1, with what senders make of it: spaces around the sign, no quotes where some are due. */
const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))/g;

export function contentTypeOf(fields: HeaderFields, fallback = 'text/plain'): ContentType {
  const value = firstValue(fields, 'content-type');
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token = ''] of value.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    // The first of two counts: a second boundary must not hide the parts from one reader and show them to another.
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? token);
  }
  return {
    type: (TYPE.exec(value)?.[1] ?? fallback).toLowerCase(),
    parameter: (name) => parameters.get(name) ?? extendedParameter(parameters, name),
  };
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
