import { describe, expect, it } from 'vitest';
import type { Mail, MailAddress } from '../../../functions/core/mail/mail.ts';
import { compileRules, headersNeededBy } from '../../../functions/core/rules/classify.ts';
import { parseSettings } from '../../../functions/core/settings/define-settings.ts';
import shippedSettings from '../../../functions/settings.ts';
import { growthOf, linearGrowth } from '../../cpu-time.ts';
import { mailOf } from '../mail/mail-of.ts';
import { readSource } from '../mail/raw-mail-of.ts';

type RuleInput = { name: string } & Record<string, unknown>;

/** Routes as a user writes them, parsed by the settings' own schema. */
function routesOf(rulesByRoute: Record<string, RuleInput[]>) {
  const settings = parseSettings({
    mailboxes: [
      {
        account: 'support',
        host: 'imap.example.com',
        user: 'support',
        auth: { passwordParameter: '/p' },
        authservId: 'mx.example.com',
      },
    ],
    routes: Object.entries(rulesByRoute).map(([id, rules]) => ({
      id,
      discord: { channelId: '100000000000000002', botTokenParameter: '/t' },
      rules,
    })),
    digest: { from: 'a@example.com', to: 'b@example.com', at: '07:30', timeZone: 'UTC' },
    alarms: { email: 'c@example.com' },
  });
  return settings.routes;
}

function classifierOf(rulesByRoute: Record<string, RuleInput[]>, authservId: string | undefined = 'mx.example.com') {
  return compileRules(routesOf(rulesByRoute), {
    authservIdOf: (mailbox) => (mailbox === 'support/INBOX' ? authservId : undefined),
  });
}

/** A classifier with one rule, `test` of route `only`. */
const ruleOf = (conditions: object) => classifierOf({ only: [{ name: 'test', ...conditions }] });

const mail = (changes: Partial<Mail>) => mailOf(1, '7', changes);
const subject = (text: string) => mail({ subject: text });
const from = (...addresses: string[]) => mail({ from: addresses.map(addressOf) });
const header = (name: string, ...values: string[]) => mail({ headers: new Map([[name, values]]) });

/** `name <address>` or an address, as the reader hands it over. */
function addressOf(text: string): MailAddress {
  const [, name = '', address = text] = /^(.*) <(.*)>$/.exec(text) ?? [];
  return { name, address };
}

const matched = { route: 'only', rule: 'test', reason: null };
const noRule = { route: 'unknown', rule: null, reason: 'no rule matched' };

describe('which rule decides', () => {
  const classify = classifierOf({
    vip: [{ name: 'board', from: 'board.example' }],
    stripe: [
      { name: 'payouts', from: 'stripe.com', subject: ['payout', 'paid out'] },
      { name: 'all else', from: 'stripe.com' },
    ],
    customer: [{ name: 'payout questions', subject: 'payout' }],
  });
  const classified = (address: string, text: string) => {
    const { route, rule } = classify(mail({ from: [{ name: '', address }], subject: text }));
    return `${route}: ${rule}`;
  };

  it('is the first that matches, in the order of routes and of their rules', () => {
    expect(classified('a@board.example', 'Your payout')).toBe('vip: board');
    expect(classified('a@stripe.com', 'Your payout')).toBe('stripe: payouts');
    expect(classified('a@stripe.com', 'You were paid out')).toBe('stripe: payouts');
    expect(classified('a@stripe.com', 'Terms')).toBe('stripe: all else');
    expect(classified('a@b.example', 'Where is my payout?')).toBe('customer: payout questions');
    expect(classified('a@b.example', 'Terms')).toBe('unknown: null');
  });

  it('needs all conditions of a rule and one item of each', () => {
    const both = ruleOf({ from: ['a.example', 'b.example'], to: 'c.example' });
    const to = [{ name: '', address: 'me@c.example' }];
    expect(both(mail({ from: [{ name: '', address: 'x@b.example' }], to }))).toEqual(matched);
    expect(both(mail({ from: [{ name: '', address: 'x@b.example' }] }))).toEqual(noRule);
    expect(both(mail({ to }))).toEqual(noRule);
  });

  it('is none for a mail that could not be read: its problem is the reason', () => {
    const unreadable = mail({ subject: 'Your payout', problem: 'the MIME structure is broken' });
    expect(classify(unreadable)).toEqual({ route: 'unknown', rule: null, reason: 'the MIME structure is broken' });
  });

  it('is none without routes', () => {
    expect(classifierOf({})(subject('payout'))).toEqual(noRule);
  });
});

describe('from and to', () => {
  it('compare addresses, never display names', () => {
    const classify = ruleOf({ from: ['stripe.com', 'ada@lovelace.example'] });
    expect(classify(from('x@mail.stripe.com'))).toEqual(matched);
    expect(classify(from('Ada <ADA@lovelace.example>'))).toEqual(matched);
    expect(classify(from('billing@stripe.com <x@evil.example>'))).toEqual(noRule);
    expect(classify(from('x@stripe.com.evil.example'))).toEqual(noRule);
    expect(classify(from('not an address'))).toEqual(noRule);
    expect(classify(from())).toEqual(noRule);
  });

  it('need every part of From, since a sender may write any address beside its own', () => {
    const classify = ruleOf({ from: ['stripe.com', 'ada@lovelace.example'] });
    expect(classify(from('x@stripe.com', 'ada@lovelace.example'))).toEqual(matched);
    expect(classify(from('a@b.example', 'x@stripe.com'))).toEqual(noRule);
    expect(classify(from('x@stripe.com', 'a@b.example'))).toEqual(noRule);
    expect(classify(from('x@stripe.com', 'no address'))).toEqual(noRule);
    expect(classify(mail({ from: [{ name: 'x@stripe.com', address: '' }] }))).toEqual(noRule);
  });

  it('need one recipient of To and Cc', () => {
    const classify = ruleOf({ to: 'support@example.com' });
    const [support, other] = [addressOf('support@example.com'), addressOf('other@example.org')];
    expect(classify(mail({ to: [other, support] }))).toEqual(matched);
    expect(classify(mail({ to: [other], cc: [other, support] }))).toEqual(matched);
    expect(classify(mail({ to: [other], cc: [other] }))).toEqual(noRule);
  });

  it.each([
    '=?utf-8?Q?Board_=3Cboard=40example.com=3E?=',
    '<board@exam\vple.com>',
    '<board@example.com\v>',
    '<\fboard@example.com>',
    'board@example.com mallory@evil.example',
    'mallory@evil.example; board@example.com',
    'board@example.com, mallory@evil.example',
    'Board <board@example.com> <mallory@evil.example>',
    'mallory@evil.example: board@example.com;',
    '"<board@example.com>" <mallory@evil.example>',
    '"board@example.com"',
    '(<board@example.com>)',
    'board@example.com\r\nFrom: mallory@evil.example',
  ])('from does not match in %j', (value) => {
    const classify = ruleOf({ from: 'board@example.com' });
    expect(classify(readSource([`From: ${value}`, '', '']))).toEqual(noRule);
    expect(classify(readSource(['From: Board <board@example.com>', '', '']))).toEqual(matched);
  });
});

describe('subject', () => {
  it('is matched anywhere and in any case', () => {
    const classify = ruleOf({ subject: 'payment (of|received)|^re: invoice|größe$' });
    expect(classify(subject('A PAYMENT RECEIVED today'))).toEqual(matched);
    expect(classify(subject('Re: Invoice 7'))).toEqual(matched);
    expect(classify(subject('Fwd: Re: Invoice 7'))).toEqual(noRule);
    expect(classify(subject('Welche GRÖSSE'))).toEqual(noRule);
    expect(classify(subject('Welche GRÖßE'))).toEqual(matched);
    expect(classify(subject(''))).toEqual(noRule);
  });
});

describe('list', () => {
  it.each([
    ['The developers <dev.lists.example.com>', true],
    ['<DEV.lists.example.com>', true],
    ['dev.lists.example.com', true],
    ['"<any>" <dev.lists.example.com>', true],
    ['<dev.lists.example.com.evil.example>', false],
    ['"<dev.lists.example.com>" <spam.evil.example>', false],
    ['<xdev.lists.example.com>', false],
    ['', false],
    ['<dev.lists.example.com> (Developers)', true],
    ['<dev.lists.example.com> (a (b) <spam.evil.example>)', true],
    ['dev.lists.example.com (Developers)', true],
    ['Developers <dev@lists.example.com>', true],
    ['<spam.evil.example> (<dev.lists.example.com>)', false],
    ['"<dev.lists.example.com>"', false],
    ['two words dev.lists.example.com', false],
    ['<dev@lists.example.com.evil.example>', false],
    ['((<dev.lists.example.com>', false],
  ])('compares what the List-Id holds in brackets: %s', (value, expected) => {
    expect(ruleOf({ list: 'dev.lists.example.com' })(header('list-id', value))).toEqual(expected ? matched : noRule);
  });

  it('may be written as an address, as some lists do', () => {
    const classify = ruleOf({ list: 'dev@lists.example.com' });
    expect(classify(header('list-id', '<dev@lists.example.com>'))).toEqual(matched);
    expect(classify(header('list-id', '<dev.lists.example.com>'))).toEqual(matched);
    expect(classify(header('list-id', '<ops@lists.example.com>'))).toEqual(noRule);
  });

  it('means the lists below it too', () => {
    expect(ruleOf({ list: 'lists.example.com' })(header('list-id', '<dev@lists.example.com>'))).toEqual(matched);
    expect(ruleOf({ list: 'lists.example.com' })(header('list-id', '<dev.lists.example.com>'))).toEqual(matched);
  });
});

describe('header', () => {
  it('matches any value of the named field', () => {
    const classify = ruleOf({
      header: [
        { name: 'X-Priority', matches: '^1' },
        { name: 'Importance', matches: 'high' },
      ],
    });
    expect(classify(header('x-priority', '3', '1 (Highest)'))).toEqual(matched);
    expect(classify(header('importance', 'High'))).toEqual(matched);
    expect(classify(header('x-priority', '3'))).toEqual(noRule);
    expect(classify(mail({}))).toEqual(noRule);
  });

  it('names each field that the reader has to bring along, once', () => {
    const routes = routesOf({
      a: [
        { name: 'list', list: 'x.example' },
        { name: 'two', header: { name: 'X-Priority', matches: '1' } },
      ],
      b: [{ name: 'again', list: 'y.example', header: { name: 'x-priority', matches: '2' }, authenticated: true }],
    });
    expect(headersNeededBy(routes).sort()).toEqual(['authentication-results', 'list-id', 'received', 'x-priority']);
    expect(headersNeededBy(shippedSettings.routes)).toEqual([]);
  });
});

describe('a rule that asks for an authenticated sender', () => {
  const rules = {
    stripe: [{ name: 'payments', from: 'stripe.com', authenticated: true }],
    customer: [{ name: 'weaker', subject: 'payment' }],
  };
  const classified = (results: string[], authservId: string | undefined = 'mx.example.com') => {
    const headers = new Map([['authentication-results', results]]);
    const payment = mail({ from: [{ name: '', address: 'x@mail.stripe.com' }], subject: 'payment', headers });
    return compileRules(routesOf(rules), { authservIdOf: () => authservId || undefined })(payment);
  };
  const unknown = (doubt: string) => ({
    route: 'unknown',
    rule: null,
    reason: `not authenticated: rule "payments" matched, but ${doubt}`,
  });

  it('takes one whom the receiver let pass', () => {
    const pass = 'mx.example.com; dkim=pass header.d=stripe.com';
    expect(classified([pass])).toEqual({ route: 'stripe', rule: 'payments', reason: null });
  });

  it('takes none whose From is not read as a whole', () => {
    const headers = new Map([['authentication-results', ['mx.example.com; dmarc=pass']]]);
    const rules = { stripe: [{ name: 'payments', subject: 'payment', authenticated: true }] };
    const parts = [addressOf('x@stripe.com'), { name: 'no address', address: '' }];
    expect(classifierOf(rules)(mail({ from: parts, subject: 'payment', headers }))).toEqual(
      unknown('From contains a part that is not a readable address'),
    );
  });

  it('makes any other mail unknown, with the reason, and never hands it to a weaker rule', () => {
    expect(classified(['mx.example.com; dmarc=fail'])).toEqual(unknown('dmarc=fail by mx.example.com'));
    expect(classified([])).toEqual(unknown('no readable Authentication-Results by mx.example.com'));
    expect(classified(['mx.evil.example; dmarc=pass'])).toEqual(
      unknown('no readable Authentication-Results by mx.example.com'),
    );
    expect(classified(['mx.example.com; dmarc=pass'], '')).toEqual(
      unknown('support/INBOX has no authservId in the settings'),
    );
  });
});

describe('hostile mail', () => {
  // Each of these takes a backtracking engine longer than a life on a thousand characters.
  const patterns = ['(a+)+$', '(a|aa)+$', '(.*a){12}$', '(x+x+)+y', '^(([a-z])+.)+[A-Z]([a-z])+$', '(a?){15}a{15}'];
  const subjects = [`${'a'.repeat(1_000)}!`, 'ax'.repeat(500), 'x'.repeat(1_000), `${'a'.repeat(100_000)}!`];

  it('cannot make a rule hang', () => {
    const classify = classifierOf({
      only: patterns.map((pattern) => ({ name: pattern, subject: pattern, to: 'nobody.example' })),
    });
    for (let round = 0; round < 25; round += 1) {
      for (const text of subjects) expect(classify(subject(`${text}${round}`))).toEqual(noRule);
    }
  });

  it('is matched against 30 rules in a time that grows with its length and no faster', () => {
    const classify = classifierOf({
      only: Array.from({ length: 30 }, (_, index) => ({
        name: `${index}`,
        subject: `${patterns[index % patterns.length]}${index}`,
      })),
    });
    // Longer than what goes through the DFA, which remembers.
    const texts = (times: number) => Array.from({ length: 20 }, (_, round) => `${'ax'.repeat(times * 90)}${round}`);
    expect(growthOf(texts, (some) => some.map((text) => classify(subject(text))), { times: 5 })).toBeLessThan(
      linearGrowth(5),
    );
  });

  it('costs no more for a subject of megabytes or for fields by the thousand', () => {
    const classify = classifierOf({
      only: [
        { name: 'subject', subject: '(a+)+b' },
        { name: 'header', header: { name: 'received', matches: '(a+)+b' } },
        { name: 'sender', from: 'stripe.com' },
      ],
    });
    const huge = mail({
      subject: 'a'.repeat(5_000_000),
      headers: new Map([['received', Array.from({ length: 100_000 }, () => 'a'.repeat(10_000))]]),
      from: Array.from({ length: 10_000 }, (_, index) => ({ name: '', address: `${index}@x.example` })),
    });
    for (let round = 0; round < 20; round += 1) expect(classify(huge)).toEqual(noRule);
  });
});
