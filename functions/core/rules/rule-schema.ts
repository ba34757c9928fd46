import * as z from 'zod';
import { fields, line, oneOrMore, text, yesOrNo } from '../fields.ts';
import { type AddressPattern, domainMeantBy, parseAddressPattern } from './address-pattern.ts';
import { parseListPattern } from './list-id.ts';
import { problemOfPattern } from './pattern.ts';

const ADDRESS = {
  what: 'an address or a domain',
  allowed:
    "Write an address such as 'billing@example.com', or a domain such as 'example.com', which includes its subdomains; no '*' and no display name.",
};

const address = text((value) => parseAddressPattern(value) !== undefined || domainMeantBy(value) !== undefined, ADDRESS)
  .superRefine((value, context) => {
    const domain = domainMeantBy(value);
    if (domain === undefined) return;
    context.addIssue(
      `${JSON.stringify(value)} is not ${ADDRESS.what}. Write '${domain}', which includes its subdomains; no '*'.`,
    );
  })
  .transform((value): AddressPattern => parseAddressPattern(value) ?? z.NEVER);

const listId = text((value) => parseListPattern(value) !== undefined, {
  what: 'a List-Id',
  allowed: "Write what the List-Id header holds between '<' and '>', such as 'dev.lists.example.com'.",
}).transform((value): string => parseListPattern(value) ?? z.NEVER);

const headerName = text((value) => /^[!-9;-~]+$/.test(value), {
  what: 'the name of a header field',
  allowed: "Write it without colon, such as 'X-Priority'.",
}).transform((value) => value.toLowerCase());

const pattern = text(() => true, {
  what: 'a pattern',
  allowed: "Write an RE2 pattern in quotes, such as 'payout|charge failed'.",
}).superRefine((value, context) => {
  const problem = problemOfPattern(value);
  if (problem === undefined) return;
  context.addIssue(
    `${JSON.stringify(value)} is no pattern that RE2 takes: ${problem}. Allowed: RE2 syntax, without lookaround and backreferences (https://github.com/google/re2/wiki/Syntax).`,
  );
});

const addresses = oneOrMore(address, { what: 'an address or a domain, or a list of them' });

const CONDITIONS = ['from', 'to', 'subject', 'list', 'header'] as const;

export const ruleSchema = fields('a rule', {
  /** Names the rule in alerts and reports. */
  name: line('a name', 'payments'),
  /** Who sent it: addresses, or domains with their subdomains. Display names are ignored. */
  from: addresses.optional(),
  /** Who it was sent to. */
  to: addresses.optional(),
  /** RE2 patterns, found anywhere in the subject, ignoring case. */
  subject: oneOrMore(pattern, { what: 'a pattern or a list of patterns' }).optional(),
  /** Mailing lists, by their List-Id. */
  list: oneOrMore(listId, { what: 'a List-Id or a list of them' }).optional(),
  /** Any header field and a pattern for its value. */
  header: oneOrMore(fields('a header condition', { name: headerName, matches: pattern }), {
    what: "a condition such as { name: 'X-Priority', matches: '^1' }, or a list of them",
  }).optional(),
  /** Requires a sender who passed the receiver's own checks; needs `authservId` of every mailbox. */
  authenticated: yesOrNo().default(false),
}).refine(hasCondition, {
  when: ({ value }) => z.record(z.string(), z.unknown()).safeParse(value).success,
  error: `the rule has no condition. Write at least one of ${CONDITIONS.join(', ')}.`,
});

/** Also works on a rule with other errors, so that all of them are reported at once. */
function hasCondition(rule: Readonly<Partial<Record<(typeof CONDITIONS)[number], unknown>>>): boolean {
  return CONDITIONS.some((condition) => rule[condition] !== undefined);
}

/** One named condition. All of its parts must hold; the items of one part are alternatives. */
export type Rule = z.output<typeof ruleSchema>;
