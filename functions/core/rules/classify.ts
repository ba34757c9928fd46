import type { Mail, MailAddress } from '../mail/mail.ts';
import { UNKNOWN_ROUTE } from '../records/ledger-entry.ts';
import { type AddressPattern, matchesAddress, type NormalisedAddress, normaliseAddress } from './address-pattern.ts';
import { judgeAuthentication } from './authentication-results.ts';
import { listIdOf, matchesList } from './list-id.ts';
import { patternSet } from './pattern.ts';
import type { Rule } from './rule-schema.ts';
import { unauthenticatedSender } from './unauthenticated-sender.ts';

type Classification =
  | { route: string; rule: string; reason: null }
  | { route: typeof UNKNOWN_ROUTE; rule: null; reason: string };

/** Decides the route of an email. */
export type Classifier = (mail: Mail) => Classification;

/** What the conditions examine. Each part is computed once per email, and only if a rule needs it. */
type MailView = {
  /** Undefined for a part of From that is not an address. */
  from: () => readonly (NormalisedAddress | undefined)[];
  /** To and Cc, since a sender chooses freely between them. */
  to: () => readonly NormalisedAddress[];
  lists: () => readonly string[];
  /** Indexes of the patterns that match this field of the email. */
  matched: (field: string) => ReadonlySet<number>;
};

type Condition = (mail: MailView) => boolean;

const SUBJECT = 'subject';
const LIST_ID = 'list-id';
const RECEIVED = 'received';
const AUTHENTICATION_RESULTS = 'authentication-results';

/** Further values of a repeated field are padding. */
const MATCHED_VALUES = 20;

/**
 * Compiles the rules of all routes, once, into a classifier. The first rule whose conditions all hold decides, in the
 * order of routes and rules. An email that could not be read, or that no rule matches, is `unknown` with its reason.
 *
 * If a rule requires an authenticated sender and matches an email without one, the email is `unknown` too: continuing
 * with the next rule would let a forged email choose a weaker rule. `authservIdOf` gives the name of a mailbox's
 * receiver (RFC 8601, 2.5).
 */
export function compileRules(
  routes: readonly { id: string; rules: readonly Rule[] }[],
  { authservIdOf }: { authservIdOf: (mailbox: string) => string | undefined },
): Classifier {
  const patterns = collectPatterns();
  const rules = routes.flatMap(({ id, rules }) =>
    rules.map((rule) => ({ route: id, ...rule, conditions: conditionsOf(rule, patterns) })),
  );
  const matchers = patterns.compile();

  return (mail) => {
    if (mail.problem !== undefined) return unknown(mail.problem);
    const view = viewOf(mail, matchers);
    const rule = rules.find(({ conditions }) => conditions.every((holds) => holds(view)));
    if (rule === undefined) return unknown('no rule matched');
    const doubt = rule.authenticated ? doubtAbout(mail, view, authservIdOf(mail.location.mailbox)) : undefined;
    if (doubt === undefined) return { route: rule.route, rule: rule.name, reason: null };
    return unknown(unauthenticatedSender(rule.name, doubt));
  };
}

/** The header fields, in lower case, that these rules need. */
export function headersNeededBy(routes: readonly { rules: readonly Rule[] }[]): string[] {
  const needed = routes
    .flatMap(({ rules }) => rules)
    .flatMap(({ list, header = [], authenticated }) => [
      ...(list ? [LIST_ID] : []),
      ...header.map(({ name }) => name),
      // Fields below a Received are not the receiver's own.
      ...(authenticated ? [AUTHENTICATION_RESULTS, RECEIVED] : []),
    ]);
  return [...new Set(needed)];
}

function unknown(reason: string): Classification {
  return { route: UNKNOWN_ROUTE, rule: null, reason };
}

/** All conditions must hold; the items of one condition are alternatives. */
function conditionsOf({ from, to, subject, list, header }: Rule, patterns: PatternCollection): Condition[] {
  const anyMatches = (asked: readonly { name: string; matches: string }[]): Condition => {
    const items = asked.map(({ name, matches }) => ({ field: name, index: patterns.add(name, matches) }));
    return (mail) => items.some(({ field, index }) => mail.matched(field).has(index));
  };
  const conditions: Condition[] = [];
  if (from) conditions.push((mail) => isFromOnly(from, mail.from()));
  if (to) conditions.push((mail) => mail.to().some((address) => to.some((it) => matchesAddress(it, address))));
  if (list) conditions.push((mail) => mail.lists().some((listId) => list.some((it) => matchesList(it, listId))));
  if (subject) conditions.push(anyMatches(subject.map((matches) => ({ name: SUBJECT, matches }))));
  if (header) conditions.push(anyMatches(header));
  return conditions;
}

/** Every part of From must match: a sender may add any address to its own. */
function isFromOnly(patterns: readonly AddressPattern[], from: readonly (NormalisedAddress | undefined)[]): boolean {
  const matches = (address: NormalisedAddress) => patterns.some((pattern) => matchesAddress(pattern, address));
  return from.length > 0 && from.every((address) => address !== undefined && matches(address));
}

type Matcher = (text: string) => readonly number[];
type PatternCollection = {
  add: (field: string, pattern: string) => number;
  compile: () => ReadonlyMap<string, Matcher>;
};

/** Gathers the patterns of all rules, so that each field is read once for all of them. */
function collectPatterns(): PatternCollection {
  const patternsByField = new Map<string, string[]>();
  return {
    add(field, pattern) {
      const patterns = patternsByField.get(field) ?? [];
      patternsByField.set(field, patterns);
      return patterns.push(pattern) - 1;
    },
    compile: () => new Map([...patternsByField].map(([field, patterns]) => [field, patternSet(patterns)])),
  };
}

function viewOf(mail: Mail, matchers: ReadonlyMap<string, Matcher>): MailView {
  const textsOf = (field: string) => (field === SUBJECT ? [mail.subject] : (mail.headers.get(field) ?? []));
  return {
    from: once(() => mail.from.map(({ address }) => normaliseAddress(address))),
    to: once(() => addressesOf([...mail.to, ...mail.cc])),
    lists: once(() => textsOf(LIST_ID).map(listIdOf)),
    matched: oncePer((field) => {
      const indexesIn = matchers.get(field);
      return new Set(indexesIn && textsOf(field).slice(0, MATCHED_VALUES).flatMap(indexesIn));
    }),
  };
}

function addressesOf(addresses: readonly MailAddress[]): NormalisedAddress[] {
  return addresses.flatMap(({ address }) => normaliseAddress(address) ?? []);
}

function once<T extends object>(compute: () => T): () => T {
  let result: T | undefined;
  return () => {
    result ??= compute();
    return result;
  };
}

function oncePer<T extends object>(compute: (key: string) => T): (key: string) => T {
  const results = new Map<string, T>();
  return (key) => {
    const result = results.get(key) ?? compute(key);
    results.set(key, result);
    return result;
  };
}

/** Why the sender is not authenticated; undefined if it is. */
function doubtAbout(mail: Mail, view: MailView, authservId: string | undefined): string | undefined {
  if (authservId === undefined) return `${mail.location.mailbox} has no authservId in the settings`;
  const from = view.from();
  if (from.includes(undefined)) return 'From contains a part that is not a readable address';
  const verdict = judgeAuthentication(mail.headers.get(AUTHENTICATION_RESULTS) ?? [], {
    authservId,
    fromDomains: from.flatMap((address) => address?.domain ?? []),
  });
  return verdict.passed ? undefined : verdict.reason;
}
