import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OTHER_FIELDS } from '../../../functions/core/mail/adjacent-fields.ts';
import { judgeAuthentication } from '../../../functions/core/rules/authentication-results.ts';

const receiver = { authservId: 'mx.example.com', fromDomains: ['stripe.com'] };
const judge = (...headers: string[]) => judgeAuthentication(headers, receiver);
const passed = { passed: true };

describe('a sender passes', () => {
  it.each([
    ['by dmarc', 'mx.example.com; dmarc=pass header.from=stripe.com'],
    ['by dmarc, when nothing says for whom', 'mx.example.com; dmarc=pass'],
    ['by dkim for the domain of From', 'mx.example.com; dkim=pass header.d=stripe.com'],
    ['by dkim for a parent of it, and in upper case', 'MX.Example.COM; DKIM=PASS header.i=@Stripe.com'],
    ['by spf for a subdomain of it', 'mx.example.com; spf=pass smtp.mailfrom=x@bounce.stripe.com'],
    ['by spf for a variable sender', 'mx.example.com; spf=pass smtp.mailfrom=b-you=example.com@em.stripe.com'],
    ['by one of several signatures', 'mx.example.com; dkim=pass header.d=esp.example; dkim=pass header.d=stripe.com'],
    ['where dmarc has no verdict', 'mx.example.com; dmarc=none; dkim=pass header.d=stripe.com'],
    [
      'with a version, comments and folding',
      'mx.example.com 1 (our (own) \\) word);\r\n\tdkim/1 = pass (2048-bit; ok)\r\n header.d="stripe.com"',
    ],
    [
      'with an empty envelope sender',
      'mx.example.com; spf=none smtp.mailfrom= smtp.helo=x; dmarc=pass header.from=stripe.com',
    ],
    [
      'with comments between all tokens',
      'mx.example.com (us); (first) dkim=pass(good) (a (b) ; dmarc=fail) header.d=stripe.com (c);',
    ],
    [
      'in words of Fastmail',
      'mx.example.com;\r\n    arc=none (no signatures found);\r\n    bimi=skipped (DMARC Policy is not at enforcement);\r\n    dkim=pass (2048-bit rsa key sha256) header.d=stripe.com header.i=@stripe.com header.b=Ab+/= header.a=rsa-sha256 header.s=s x-bits=2048;\r\n    dmarc=pass policy.published-domain-policy=none policy.applied-disposition=none (p=none,d=none,d.eval=0) policy.policy-from=p header.from=stripe.com;\r\n    iprev=pass smtp.remote-ip=192.0.2.1 (a.example);\r\n    x-return-mx=pass header.domain=stripe.com policy.is_org=yes (MX Records found: a,b);\r\n    x-tls=pass smtp.version=TLSv1.3 smtp.cipher=TLS_AES_256_GCM_SHA384 smtp.bits=256/256;\r\n    x-vs=clean score=0 state=0',
    ],
    [
      'in words of Yahoo',
      'mx.example.com;\r\n dkim=pass header.i=@stripe.com header.s=s1;\r\n spf=pass smtp.mailfrom=em.stripe.com;\r\n dmarc=pass(p=REJECT) header.from=stripe.com;',
    ],
    ['in words that are in no registry', 'mx.example.com; dkim=dkim_pass header.i=@x.example; dmarc=pass'],
    [
      'in words of Zoho without a semicolon',
      'mx.example.com;\r\n\tdkim=pass spf=pass (zoho.com: domain of x) smtp.mailfrom=x@stripe.com;\r\n\tdmarc=pass(p=none dis=none) header.from=stripe.com',
    ],
    ['in words of iCloud', 'mx.example.com; dmarc=pass header.from=stripe.com'],
    [
      'in words of Zoho',
      'mx.example.com;\r\n\tdkim=pass;\r\n\tspf=pass (zohomail.com: domain of x@em.stripe.com designates 192.0.2.1 as permitted sender)  smtp.mailfrom=x@em.stripe.com;\r\n\tdmarc=pass(p=none dis=none)  header.from=<billing@stripe.com>',
    ],
    [
      'in words of OpenDKIM',
      'mx.example.com;\r\n\tdkim=pass (2048-bit key; unprotected) header.d=stripe.com header.i=@stripe.com header.a=rsa-sha256 header.s=s header.b=AbC;\r\n\tdkim-atps=neutral',
    ],
    ['in words of OpenDMARC', 'mx.example.com; dmarc=pass (p=none dis=none) header.from=stripe.com'],
    [
      'in words of an spf policy server',
      'mx.example.com; spf=pass (sender SPF authorized) smtp.mailfrom=stripe.com (client-ip=192.0.2.1; helo=a.example; envelope-from=x@stripe.com; receiver=y)',
    ],
    [
      'in words of rspamd',
      'mx.example.com;\r\n\tdkim=pass header.d=stripe.com header.s=s header.b="a/b";\r\n\tdmarc=pass (policy=none) header.from=stripe.com;\r\n\tarc=reject ("cannot verify 1 of 1 signatures");\r\n\tspf=pass (mx.example.com: domain of x@stripe.com designates 192.0.2.1 as permitted sender) smtp.mailfrom=x@stripe.com',
    ],
    [
      'in words of Amavis',
      'mx.example.com (amavisd-new); dkim=fail (1024-bit key) reason="fail (body has been altered)" header.d=list.example; dkim=pass (2048-bit key) header.d=stripe.com',
    ],
    [
      'in words of Gmail',
      'mx.example.com;\r\n       dkim=pass header.i=@stripe.com header.s=abc header.b="Q/s+12=";\r\n       spf=pass (google.com: domain of b@em.stripe.com designates 192.0.2.1 as permitted sender) smtp.mailfrom="b+you=example.com@em.stripe.com";\r\n       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=stripe.com',
    ],
  ])('%s', (_, header) => {
    expect(judge(header)).toEqual(passed);
  });
});

describe('a sender does not pass', () => {
  it.each([
    ['dmarc fails', 'mx.example.com; dmarc=fail header.from=stripe.com', 'dmarc=fail by mx.example.com'],
    [
      'dmarc fails, whatever else passes',
      'mx.example.com; dmarc=fail; spf=pass smtp.mailfrom=x.stripe.com',
      'dmarc=fail, spf=pass for x.stripe.com by mx.example.com',
    ],
    [
      'others passed',
      'mx.example.com; spf=pass smtp.mailfrom=x@evil.example; dkim=pass header.d=stripe.com.evil.example',
      'spf=pass for evil.example, dkim=pass for stripe.com.evil.example by mx.example.com',
    ],
    ['a top-level domain passed', 'mx.example.com; dkim=pass header.d=com', 'dkim=pass for com by mx.example.com'],
    [
      'dmarc passed for another From',
      'mx.example.com; dmarc=pass header.from=evil.example',
      'dmarc=pass by mx.example.com',
    ],
    ['spf passed for the greeting', 'mx.example.com; spf=pass smtp.helo=stripe.com', 'spf=pass by mx.example.com'],
    ['nothing was checked', 'mx.example.com; none', 'no dmarc, spf or dkim result by mx.example.com'],
    ['something else was checked', 'mx.example.com; arc=pass', 'no dmarc, spf or dkim result by mx.example.com'],
    ['a pass stands in a comment', 'mx.example.com; dmarc=fail (; dmarc=pass)', 'dmarc=fail by mx.example.com'],
    [
      'a pass stands in quotes',
      'mx.example.com; spf=fail smtp.mailfrom="; dmarc=pass "@evil.example',
      'spf=fail by mx.example.com',
    ],
    [
      'a pass was smuggled in next to the real result',
      'mx.example.com; spf=pass smtp.mailfrom=x; dmarc=pass header.from=stripe.com; dmarc=fail',
      'spf=pass for x, dmarc=pass, dmarc=fail by mx.example.com',
    ],
  ])('when %s', (_, header, reason) => {
    expect(judge(header)).toEqual({ passed: false, reason });
  });

  const nothing = { passed: false, reason: 'no readable Authentication-Results by mx.example.com' };
  it.each([
    ['there is no field', []],
    ['the field is empty', ['']],
    ['another host says so', ['mx.evil.example; dmarc=pass']],
    ['a longer name says so', ['mx.example.com.evil.example; dmarc=pass', 'xmx.example.com; dmarc=pass']],
    ['nobody says so', ['dmarc=pass header.from=stripe.com']],
    ['the field is cut off', ['mx.example.com; dmarc=pass (p=REJ', 'mx.example.com; dmarc=pass']],
    ['a word is left over beside the name', ['mx.example.com dmarc=pass; dmarc=pass', 'mx.example.com; dmarc=pass']],
    ['a comment is inside a value', ['mx.example.com; dmarc=pa(c)ss', 'mx.example.com; dmarc=pass']],
    ['two comments are inside a value', ['mx.example.com; dmarc=pa(c)(c)ss']],
    ['a comment is inside a domain', ['mx.example.com; dmarc=none; dkim=pass header.d=stripe(c).com']],
    ['a comment is behind the equals sign', ['mx.example.com; dmarc=(c)fail; dmarc=pass']],
    ['a comment is behind a lone equals sign', ['mx.example.com; dmarc = (c)pass']],
    [
      'a comment nests and does not end',
      ['mx.example.com; dkim=fail (a (b); dmarc=pass', 'mx.example.com; dmarc=pass'],
    ],
    ['a quote is left open', ['mx.example.com; spf=none smtp.mailfrom="x; dmarc=pass', 'mx.example.com; dmarc=pass']],
  ])('when %s', (_, headers) => {
    expect(judge(...headers)).toEqual(nothing);
  });

  it.each([
    ['a space is behind the equals sign', 'mx.example.com; dmarc= pass', 'dmarc'],
    ['a comment and spaces are behind the equals sign', 'mx.example.com; dmarc= (c) pass', 'dmarc'],
    ['the dmarc result is empty', 'mx.example.com; dmarc=; dkim=pass header.d=stripe.com', 'dmarc'],
    ['the dmarc result is in quotes', 'mx.example.com; dmarc="pass"', 'dmarc'],
    ['the dmarc statement is one word', 'mx.example.com; dmarc; dkim=pass header.d=stripe.com', 'dmarc'],
    ['a quote is inside the method', 'mx.example.com; dm"arc"=pass', 'dm'],
    ['a word is left over', 'mx.example.com; dmarc=pass stray header.from=stripe.com', 'dmarc'],
    ['a dmarc verdict lacks its semicolon', 'mx.example.com; dkim=pass header.d=stripe.com dmarc=fail', 'dkim'],
    ['a word is left over elsewhere', 'mx.example.com; spf=none smtp.mailfrom=a b; dmarc=pass', 'spf'],
    ['text follows a quoted value', 'mx.example.com; spf=none smtp.mailfrom="a"b; dmarc=pass', 'spf'],
    ['a property is given twice', 'mx.example.com; dkim=pass header.d=stripe.com header.d=evil.example', 'dkim'],
    [
      'a property is given twice in two cases',
      'mx.example.com; dmarc=pass header.from=a.b HEADER.FROM=stripe.com',
      'dmarc',
    ],
    ['an unreadable statement is by another method', 'mx.example.com; arc=none i 1; dmarc=pass', 'arc'],
    ['a statement is no result', 'mx.example.com; "; dmarc=pass"; dkim=pass header.d=stripe.com', ''],
  ])('when %s', (_, header, named) => {
    const reason = `an unreadable ${named && `${named} `}statement by mx.example.com`;
    expect(judge(header)).toEqual({ passed: false, reason });
    expect(judge(header, 'mx.example.com; dmarc=pass').passed).toBe(false);
  });

  it.each([
    ['in the envelope sender', 'mx.example.com; spf=pass smtp.mailfrom=dmarc=pass@evil.example'],
    [
      'in a quoted envelope sender',
      'mx.example.com; spf=pass smtp.mailfrom="x; dmarc=pass header.from=stripe.com"@evil.example',
    ],
    ['behind an escaped quote', 'mx.example.com; spf=pass smtp.mailfrom="\\"; dmarc=pass"@evil.example'],
    ['as the quoted local part', 'mx.example.com; spf=pass smtp.mailfrom="x@stripe.com"@evil.example'],
    ['in header.i', 'mx.example.com; dkim=pass header.i="@stripe.com; dmarc=pass"@evil.example'],
    ['in header.i beside header.d', 'mx.example.com; dkim=pass header.d=evil.example header.i=@stripe.com'],
    ['in an encoded word', 'mx.example.com; spf=pass smtp.mailfrom="=?utf-8?Q?x;_dmarc=3Dpass?="@evil.example'],
    [
      'behind bytes that JavaScript takes for white space',
      'mx.example.com; spf=pass smtp.mailfrom=\xc3\xa0dmarc=pass@evil.example',
    ],
    ['behind a vertical tab', 'mx.example.com; spf=pass smtp.mailfrom=a;\vdmarc=pass'],
    ['for a domain with a vertical tab behind it', 'mx.example.com; dkim=pass header.d=stripe.com\v'],
    [
      'for a domain with a byte that JavaScript takes for white space',
      'mx.example.com; dkim=pass header.d=stripe.com\xa0',
    ],
    ['in a reason', 'mx.example.com; dkim=fail reason="; dmarc=pass" header.d=stripe.com'],
    ['in nested comments', 'mx.example.com; spf=fail (a (b) ; dmarc=pass (c)) smtp.mailfrom=x@stripe.com'],
    ['twice', 'mx.example.com; dmarc=pass header.from=stripe.com; dmarc=pass header.from=stripe.com'],
    ['beside an undecided one', 'mx.example.com; dmarc=none; dmarc=pass header.from=stripe.com'],
  ])('when a sender wrote the verdict %s', (_, header) => {
    expect(judge(header).passed).toBe(false);
  });

  it('when another customer of the same public suffix passed', () => {
    const from = (fromDomain: string, header: string) =>
      judgeAuthentication([`mx.example.com; ${header}`], { ...receiver, fromDomains: [fromDomain] }).passed;
    expect(from('github.io', 'dkim=pass header.d=evil.github.io')).toBe(false);
    expect(from('good.github.io', 'dkim=pass header.d=evil.github.io')).toBe(false);
    expect(from('good.co.uk', 'spf=pass smtp.mailfrom=co.uk')).toBe(false);
    expect(from('mail.good.co.uk', 'spf=pass smtp.mailfrom=bounce.good.co.uk')).toBe(true);
  });

  it('when From has no domain, or several', () => {
    const header = 'mx.example.com; dmarc=pass';
    const from = (...fromDomains: string[]) => judgeAuthentication([header], { ...receiver, fromDomains });
    expect(from()).toEqual({ passed: false, reason: 'From contains no readable address' });
    expect(from('evil.example', 'stripe.com')).toEqual({
      passed: false,
      reason: 'From holds addresses of several domains',
    });
    expect(from('stripe.com', 'stripe.com')).toEqual(passed);
  });
});

describe('of several fields', () => {
  const forged = 'mx.example.com; dmarc=pass header.from=stripe.com';
  const dkim = 'mx.example.com; dkim=pass (2048-bit key) header.d=stripe.com header.i=@stripe.com';
  const spf = 'mx.example.com; spf=none smtp.mailfrom=bounce.mailer.example';

  it('the topmost of the receiver counts, and none that says the same again', () => {
    expect(judge('mx.example.com; dmarc=fail', forged)).toEqual({
      passed: false,
      reason: 'dmarc=fail by mx.example.com',
    });
    expect(judge('relay.example; dmarc=fail', forged, 'mx.example.com; dmarc=fail')).toEqual(passed);
    expect(judge('mx.example.com; dkim=fail header.d=stripe.com', dkim).passed).toBe(false);
    expect(
      judge('mx.example.com; dkim=fail; spf=fail', 'mx.example.com; dkim=pass header.d=stripe.com; dmarc=pass').passed,
    ).toBe(false);
  });

  it('those of the receiver directly below each other are read together', () => {
    expect(judge(spf, dkim)).toEqual(passed);
    expect(judge('relay.example; none', OTHER_FIELDS, spf, dkim)).toEqual(passed);
    expect(judge(spf, 'mx.example.com; dmarc=fail', dkim).passed).toBe(false);
  });

  it('those below other fields or below the field of another host are not', () => {
    const reason = 'spf=none by mx.example.com';
    expect(judge(spf, OTHER_FIELDS, dkim)).toEqual({ passed: false, reason });
    expect(judge(spf, 'relay.example; none', dkim)).toEqual({ passed: false, reason });
    expect(judge(spf, 'spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=stripe.com', dkim)).toEqual({
      passed: false,
      reason,
    });
  });

  it('an unreadable one among them is a failure', () => {
    expect(judge(spf, 'mx.example.com; dmarc=(c)fail', dkim).passed).toBe(false);
    expect(judge(dkim, 'mx.example.com; dmarc=fail stray').passed).toBe(false);
  });
});

describe('Exchange Online, which writes no authserv-id', () => {
  const exchange = { authservId: 'exchange-online', fromDomains: ['stripe.com'] };
  const judgeThere = (...headers: string[]) => judgeAuthentication(headers, exchange);
  const PASS =
    'spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=stripe.com; dkim=pass (signature was verified)\r\n header.d=stripe.com;dmarc=pass action=none\r\n header.from=stripe.com;compauth=pass reason=100';

  it.each([
    ['in its own words', PASS],
    [
      'with its older habit of naming the receiving domain in between',
      'spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=stripe.com; receiver.example; dkim=pass (signature was verified) header.d=stripe.com;receiver.example; dmarc=bestguesspass action=none header.from=stripe.com;',
    ],
  ])('lets a sender pass %s', (_, header) => {
    expect(judgeThere(header)).toEqual(passed);
  });

  it.each([
    ['dmarc fails', [PASS.replace('dmarc=pass', 'dmarc=fail'), PASS]],
    ['another domain passed', ['spf=pass smtp.mailfrom=evil.example;dmarc=none header.from=stripe.com', PASS]],
    ['only its composite verdict passes', ['spf=none smtp.mailfrom=x.example;dmarc=none;compauth=pass reason=703']],
    ['the topmost field names someone else, so that it is not its own', ['mx.evil.example; dmarc=pass', PASS]],
    ['the topmost field names no result', ['exchange-online', PASS]],
    ['the topmost field cannot be read', ['dmarc=pass (', PASS]],
    ['there is no field', []],
  ])('does not where %s', (_, headers) => {
    expect(judgeThere(...headers).passed).toBe(false);
  });

  it('is taken for nobody else: a field without authserv-id stays unreadable to all others', () => {
    expect(judge(PASS).passed).toBe(false);
    expect(
      judgeAuthentication(['spf=pass; dmarc=pass'], { authservId: 'spf=pass', fromDomains: ['stripe.com'] }).passed,
    ).toBe(true);
  });
});

describe('hostile fields', () => {
  it.each([
    ['open comments', '('.repeat(100_000)],
    ['open quotes', '"\\'.repeat(50_000)],
    ['backslashes', '\\'.repeat(100_000)],
    ['white space', `mx.example.com;${' '.repeat(100_000)}dmarc${' '.repeat(100_000)}`],
    ['many results', `mx.example.com${'; dkim=fail header.d=evil.example'.repeat(3_000)}`],
    ['many equals signs', `mx.example.com; ${'='.repeat(100_000)}`],
    ['a domain that is slow to convert', `mx.example.com; dkim=pass header.d=${differentLetters(100_000)}`],
    ['many closed quotes', `mx.example.com; ${'""'.repeat(50_000)}`],
  ])('of 100 kB do not pass, cost little and give a short reason: %s', (_, header) => {
    for (let round = 0; round < 20; round += 1) {
      const verdict = judge(header);
      expect(verdict.passed).toBe(false);
      expect(JSON.stringify(verdict).length).toBeLessThan(500);
    }
  });

  it('never throw, and never pass without the word', () => {
    const piece = fc.constantFrom(
      'mx.example.com',
      ';',
      ' ',
      '=',
      'dmarc',
      'spf',
      'fail',
      '"',
      '\\',
      '(',
      ')',
      'header.d=stripe.com',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 3 }))), (pieces) => {
        const header = pieces.join('');
        fc.pre(!/pass/i.test(header));
        return !judge(header).passed;
      }),
    );
  });
});

/** Conversion to punycode is quadratic in the number of different letters. */
function differentLetters(length: number): string {
  return Array.from({ length }, (_, index) => String.fromCharCode(0x4e00 + ((index * 7919) % 20_000))).join('');
}
