import {
  type AuthenticationField,
  authenticatedDomain,
  authenticationFieldOf,
  authservIdOf,
  domainOf,
  hasPlainIdentity,
  type MethodResult,
  methodResultOf,
} from './authentication-field.ts';
import { isAligned } from './organizational-domain.ts';

/** The sender's domain has no policy, or the lookup failed; `bestguesspass` is Microsoft's word for no policy. */
const DMARC_WITHOUT_VERDICT: ReadonlySet<string> = new Set(['none', 'temperror', 'permerror', 'bestguesspass']);

/**
 * Used as the authserv-id where there is none: Exchange Online begins its field with the first result, against RFC
 * 8601, 2.2, and prepends the field to every email that it receives.
 */
export const EXCHANGE_ONLINE = 'exchange-online';

export type AuthenticationVerdict = { passed: true } | { passed: false; reason: string };

/** What the receiver wrote, or why that is unknown. */
type Reading = { results: readonly MethodResult[] } | { unreadable: string };

/**
 * Whether the sender passed the receiver's checks (RFC 8601). `headers` are the Authentication-Results fields, topmost
 * first, unfolded and not decoded, with an empty value between two that other fields separate; `fromDomains` are the
 * normalised domains of From.
 *
 * Only the topmost fields with the receiver's authserv-id count: anything that a sender forged is below them (section
 * 5). A dmarc result decides. Without one, an spf or dkim pass for the domain of From decides (RFC 7489, 3.1: relaxed).
 * If a field of the receiver is ambiguous, that counts as a failure, whatever else it says.
 */
export function judgeAuthentication(
  headers: readonly string[],
  { authservId, fromDomains }: { authservId: string; fromDomains: readonly string[] },
): AuthenticationVerdict {
  const [fromDomain, ...others] = new Set(fromDomains);
  if (fromDomain === undefined) return failed('From contains no readable address');
  // One of several domains cannot vouch for the others (RFC 7489, 6.6.1).
  if (others.length > 0) return failed('From holds addresses of several domains');

  const reading =
    authservId === EXCHANGE_ONLINE ? readWithoutIdentity(headers[0]) : readBy(authservId.toLowerCase(), headers);
  if ('unreadable' in reading) return failed(`${reading.unreadable} by ${authservId}`);
  const { results } = reading;
  const dmarc = results.filter(({ method }) => method === 'dmarc');
  const hasVerdict = dmarc.some(({ result }) => !DMARC_WITHOUT_VERDICT.has(result));
  // A receiver judges a message once: one of two dmarc results may be a sender's text.
  const passed =
    hasVerdict || dmarc.length > 1
      ? dmarc.length === 1 && dmarc.every((verdict) => isDmarcPass(verdict, fromDomain))
      : results.some((result) => isAlignedPass(result, fromDomain));
  return passed ? { passed } : failed(`${summaryOf(results)} by ${authservId}`);
}

function failed(reason: string): AuthenticationVerdict {
  return { passed: false, reason };
}

const NO_FIELD: Reading = { unreadable: 'no readable Authentication-Results' };

/**
 * A receiver may write one field for each method (OpenDKIM and a separate spf policy server), directly below each
 * other. They are read together up to the first one that repeats a method: the receiver's own would not, a forged one
 * would have to.
 */
function readBy(authservId: string, headers: readonly string[]): Reading {
  const results: MethodResult[] = [];
  const methods = new Set<string>();
  for (const field of topmostFieldsOf(authservId, headers)) {
    const reading = field && hasPlainIdentity(field) ? resultsOf(field.statements) : NO_FIELD;
    if ('unreadable' in reading) return reading;
    if (reading.results.some(({ method }) => methods.has(method))) break;
    for (const result of reading.results) {
      results.push(result);
      methods.add(result.method);
    }
  }
  return { results };
}

/**
 * The topmost field of the receiver and those directly below it. An unreadable one is undefined and ends the search: it
 * may be the receiver's own, and a forged one below must not replace it.
 */
function topmostFieldsOf(authservId: string, headers: readonly string[]): (AuthenticationField | undefined)[] {
  const own: AuthenticationField[] = [];
  for (const header of headers) {
    const field = authenticationFieldOf(header);
    if (field === undefined) return [undefined, ...own];
    if (authservIdOf(field) === authservId) own.push(field);
    else if (own.length > 0) return own;
  }
  return own.length > 0 ? own : [undefined];
}

/**
 * A receiver's field without a name differs from a forged one only by its position: only the topmost field counts, and
 * only if it has no name. The names of receiving domains that Exchange inserts between its results are ignored.
 */
function readWithoutIdentity(topmost: string | undefined): Reading {
  const field = topmost === undefined ? undefined : authenticationFieldOf(topmost);
  if (field === undefined || methodResultOf(field.identity) === undefined) return NO_FIELD;
  const isName = (words: readonly string[]) => words.length === 1 && words[0]?.includes('=') === false;
  return resultsOf([field.identity, ...field.statements.filter((words) => !isName(words))]);
}

/** Text injected by a sender leaves words that fit nowhere: one such statement makes the whole field unreliable. */
function resultsOf(statements: readonly (readonly string[])[]): Reading {
  const written = statements.filter((words) => words.length > 0);
  if (written.length === 1 && written[0]?.join(' ').toLowerCase() === 'none') return { results: [] };
  const results = written.flatMap((words) => methodResultOf(words) ?? []);
  if (results.length === written.length) return { results };
  const unreadable = written.find((words) => methodResultOf(words) === undefined) ?? [];
  const named = /^[a-z]{1,20}/i.exec(unreadable[0] ?? '')?.[0];
  return { unreadable: `an unreadable ${named ? `${named.toLowerCase()} ` : ''}statement` };
}

function isDmarcPass({ result, properties }: MethodResult, fromDomain: string): boolean {
  const judged = properties.get('header.from');
  return result === 'pass' && (judged === undefined || domainOf(judged) === fromDomain);
}

function isAlignedPass(result: MethodResult, fromDomain: string): boolean {
  if (result.result !== 'pass') return false;
  const domain = authenticatedDomain(result);
  return domain !== undefined && isAligned(domain, fromDomain);
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
