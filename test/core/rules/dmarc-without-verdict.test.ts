import { describe, expect, it } from 'vitest';
import { judgeAuthentication } from '../../../functions/core/rules/authentication-results.ts';

const judge = (header: string) =>
  judgeAuthentication([header], { authservId: 'mx.example.com', fromDomains: ['stripe.com'] });

describe('a dmarc result', () => {
  it.each(['none', 'temperror', 'permerror', 'bestguesspass'])('%s leaves the word to spf and dkim', (result) => {
    const header = `mx.example.com; dmarc=${result} header.from=stripe.com; dkim=pass header.d=stripe.com`;
    expect(judge(header)).toEqual({ passed: true });
    expect(judge(`mx.example.com; dmarc=${result} header.from=stripe.com`)).toMatchObject({ passed: false });
  });

  it.each(['fail', 'quarantine', 'reject', 'policy'])('%s decides, whatever dkim says', (result) => {
    const header = `mx.example.com; dmarc=${result} header.from=stripe.com; dkim=pass header.d=stripe.com`;
    expect(judge(header)).toMatchObject({ passed: false });
  });
});

describe('a value in quotes', () => {
  it('means what it says without its backslashes (RFC 5322, 3.2.1)', () => {
    expect(judge('"mx.exa\\mple.com"; dkim=pass header.d="str\\ipe.com"')).toEqual({ passed: true });
    expect(judge('mx.example.com; dkim=pass header.d="evil.example\\"stripe.com"')).toMatchObject({ passed: false });
  });
});
