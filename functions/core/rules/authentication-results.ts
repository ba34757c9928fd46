import { isSameOrSubdomain, normaliseDomain } from './address-pattern.ts';

/** One method's result as the receiver wrote it, `spf=pass smtp.mailfrom=…`; method, result and names in lower case. */
type MethodResult = { method: string; result: string; properties: ReadonlyMap<string, string> };

/** The sender's domain has no policy, or it could not be asked; `bestguesspass` is Microsoft's word for no policy. */
const DMARC_WITHOUT_VERDICT: ReadonlySet<string> = new Set(['none', 'temperror', 'permerror', 'bestguesspass']);

/**
 * Stands for an authserv-id where there is none: Exchange Online begins its field with the first result, against RFC
 * 8601, 2.2, and prepends it to every mail that it takes in.
 */
export const EXCHANGE_ONLINE = 'exchange-online';

export type AuthenticationVerdict = { passed: true } | { passed: false; reason: string };

/**
 * Did the sender pass, by the receiver's own word (RFC 8601)? `headers` are the Authentication-Results fields, topmost
 * first, unfolded and not decoded; `fromDomains` the normalised domains of From.
 *
 * Only the topmost field with the receiver's authserv-id counts: whatever a sender forged lies below it (section 5).
 * A dmarc result decides. Without one, an spf or dkim pass for the domain of From does (RFC 7489, 3.1: relaxed).
 */
export function judgeAuthentication(
  headers: readonly string[],
  { authservId, fromDomains }: { authservId: string; fromDomains: readonly string[] },
): AuthenticationVerdict {
  const [fromDomain, ...others] = new Set(fromDomains);
  if (fromDomain === undefined) return failed('From holds no readable address');
  // No one of several domains could answer for all (RFC 7489, 6.6.1).
  if (others.length > 0) return failed('From holds addresses of several domains');

  const results = resultsBy(authservId, headers);
  if (results === undefined) return failed(`no readable Authentication-Results by ${authservId}`);
  const verdicts = results.filter(({ method, result }) => method === 'dmarc' && !DMARC_WITHOUT_VERDICT.has(result));
  const passed =
    verdicts.length > 0
      ? verdicts.every((verdict) => isDmarcPass(verdict, fromDomain))
      : results.some((result) => isAlignedPass(result, fromDomain));
  return passed ? { passed } : failed(`${summaryOf(results)} by ${authservId}`);
}

function failed(reason: string): AuthenticationVerdict {
  return { passed: false, reason };
}

/** A field that cannot be read ends the search: it may be the receiver's own, and a forged one below must not step in. */
function resultsBy(authservId: string, headers: readonly string[]): readonly MethodResult[] | undefined {
  if (authservId === EXCHANGE_ONLINE) return resultsWithoutIdentity(headers[0]);
  for (const header of headers) {
    const [identity, ...statements] = statementsOf(header) ?? [];
    if (identity === undefined) return undefined;
    if (unquote(identity[0] ?? '').toLowerCase() === authservId.toLowerCase())
      return statements.flatMap(methodResultOf);
  }
  return undefined;
}

/**
 * Nothing tells a receiver's field without a name from a forged one but its place: only the topmost field counts, and
 * not if it names someone. The names of receiving domains that Exchange strews between its results say nothing.
 */
function resultsWithoutIdentity(topmost: string | undefined): readonly MethodResult[] | undefined {
  const statements = topmost === undefined ? undefined : statementsOf(topmost);
  const [first] = statements ?? [];
  return first && methodResultOf(first).length > 0 ? statements?.flatMap(methodResultOf) : undefined;
}

/** Every dmarc result has to pass, so that one smuggled into the field's text cannot outvote the real one. */
function isDmarcPass({ result, properties }: MethodResult, fromDomain: string): boolean {
  const judged = properties.get('header.from');
  return result === 'pass' && (judged === undefined || domainOf(judged) === fromDomain);
}

function isAlignedPass(result: MethodResult, fromDomain: string): boolean {
  if (result.result !== 'pass') return false;
  const domain = authenticatedDomain(result);
  // The shorter of the two has at least two labels, or a pass for `com` would align with every `.com`.
  return domain?.includes('.') === true && fromDomain.includes('.') && isRelated(domain, fromDomain);
}

/** Relaxed alignment as far as it is decidable without a public suffix list. */
function isRelated(one: string, other: string): boolean {
  return isSameOrSubdomain(one, other) || isSameOrSubdomain(other, one);
}

/** RFC 8601, 2.7: the domain that an spf or dkim result speaks about. */
function authenticatedDomain({ method, properties }: MethodResult): string | undefined {
  if (method === 'spf') return domainOf(properties.get('smtp.mailfrom'));
  if (method === 'dkim') return domainOf(properties.get('header.d') ?? properties.get('header.i'));
  return undefined;
}

function domainOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : normaliseDomain(value.slice(value.lastIndexOf('@') + 1));
}

const NAMED_RESULTS = 5;

function summaryOf(results: readonly MethodResult[]): string {
  const known = results.filter(({ method }) => ['dmarc', 'spf', 'dkim'].includes(method)).map(nameOf);
  const named = [...new Set(known)].slice(0, NAMED_RESULTS);
  return named.length > 0 ? named.join(', ') : 'no dmarc, spf or dkim result';
}

function nameOf(result: MethodResult): string {
  const domain = result.result === 'pass' ? authenticatedDomain(result) : undefined;
  return `${result.method}=${result.result}${domain ? ` for ${domain}` : ''}`;
}

/** `methodspec [reasonspec] *propspec` of RFC 8601, 2.2; empty for `none` and for what is no result. */
function methodResultOf([methodspec, ...rest]: readonly string[]): MethodResult[] {
  const [method, result] = splitAtEquals(methodspec ?? '');
  if (!/^[a-z][a-z0-9-]*(\/\d+)?$/.test(method) || !/^[a-z]+$/i.test(result)) return [];
  return [
    { method: method.replace(/\/.*/, ''), result: result.toLowerCase(), properties: new Map(rest.map(splitAtEquals)) },
  ];
}

/** At the first equals sign: values such as `bounces+you=example.com@…` hold more of them. */
function splitAtEquals(word: string): [name: string, value: string] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word.toLowerCase(), ''] : [word.slice(0, equals).toLowerCase(), unquote(word.slice(equals + 1))];
}

/** The words of each `;`-separated statement, quotes kept; undefined where the field cannot be read. */
function statementsOf(header: string): string[][] | undefined {
  const plain = withoutComments(header)?.replace(/\s+/g, ' ').replace(/ = ?/g, '=');
  if (plain === undefined) return undefined;
  const statements: string[][] = [[]];
  for (const [word] of plain.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^\s;"])+|;/gs)) {
    if (word === ';') statements.push([]);
    else statements.at(-1)?.push(word);
  }
  return statements;
}

/** Undefined where a quote or comment is left open, or a character stands where the grammar has no place for it. */
function withoutComments(header: string): string | undefined {
  const outside = /(?:[^"\\()]+|"(?:[^"\\]|\\.)*")*/sy;
  let plain = '';
  let position = 0;
  while (position < header.length) {
    outside.lastIndex = position;
    plain += outside.exec(header)?.[0] ?? '';
    position = outside.lastIndex;
    if (position === header.length) break;
    position = header[position] === '(' ? endOfComment(header, position) : -1;
    if (position < 0) return undefined;
    plain += ' ';
  }
  return plain;
}

/** Comments nest, and a backslash takes the next character's meaning (RFC 5322, 3.2.2). -1 where it does not end. */
function endOfComment(header: string, start: number): number {
  let depth = 0;
  for (let position = start; position < header.length; position += 1) {
    if (header[position] === '\\') position += 1;
    else if (header[position] === '(') depth += 1;
    else if (header[position] === ')') depth -= 1;
    if (depth === 0) return position + 1;
  }
  return -1;
}

function unquote(text: string): string {
  return text.replace(/"((?:[^"\\]|\\.)*)"/gs, (_, inner: string) => inner.replace(/\\(.)/gs, '$1'));
}
