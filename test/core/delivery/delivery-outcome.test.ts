import { describe, expect, it } from 'vitest';
import { deliveryOutcomeOf } from '../../../functions/core/delivery/delivery-outcome.ts';
import type { DiscordAnswer } from '../../../functions/core/delivery/discord.ts';

const AT = new Date('2026-03-02T09:00:00Z');

function http(status: number, body: unknown = {}, headers: Record<string, string> = {}): DiscordAnswer {
  return { kind: 'http', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

const coded = (status: number, code: number) => http(status, { code, message: `Discord says ${code}` });

describe('delivered', () => {
  it('is a message with an id, and nothing less', () => {
    expect(deliveryOutcomeOf(http(200, { id: '1180' }), AT)).toEqual({ kind: 'delivered', messageId: '1180' });
  });

  it.each([
    ['204, as a webhook answers without wait=true', http(204, '')],
    ["a proxy's page", http(200, '<html>Welcome</html>')],
    ['a body without an id', http(200, { ok: true })],
  ])('is not %s: nothing proves that it was saved', (_what, answer) => {
    expect(deliveryOutcomeOf(answer, AT)).toMatchObject({ kind: 'retry', failure: { kind: 'unexpected' } });
  });
});

describe('dead: the target or its credential is gone', () => {
  it.each([
    [404, 10003, 'target'],
    [404, 10015, 'target'],
    [403, 40333, 'target'],
    [403, 50001, 'target'],
    [403, 50013, 'target'],
    [401, 50027, 'credential'],
    [400, 160005, 'target'],
    [400, 220001, 'target'],
  ])('HTTP %d with code %d (%s)', (status, code, kind) => {
    expect(deliveryOutcomeOf(coded(status, code), AT)).toEqual({
      kind: 'dead',
      failure: { kind, status, code: String(code), text: `Discord says ${code}`, at: AT },
    });
  });

  it.each([
    ['401 without a code that is known', http(401, { message: '401: Unauthorized', code: 0 }), 'credential'],
    ['403 with a code that nobody knows', coded(403, 99999), 'target'],
    ['404 with an HTML page', http(404, '<html>'), 'target'],
  ])('%s', (_what, answer, kind) => {
    expect(deliveryOutcomeOf(answer, AT)).toMatchObject({ kind: 'dead', failure: { kind } });
  });

  it('a secret that is not stored names its parameter', () => {
    const answer = {
      kind: 'no secret',
      parameter: '/rollcall/bot',
      text: 'There is no secret /rollcall/bot.',
    } as const;
    expect(deliveryOutcomeOf(answer, AT)).toMatchObject({
      kind: 'dead',
      failure: { kind: 'credential', text: answer.text },
    });
  });
});

describe('refused: another payload may pass', () => {
  it.each([
    [400, 50035],
    [400, 50006],
    [413, 40005],
    [400, 200000],
    [400, 240000],
    [400, 99999],
  ])('HTTP %d with code %d', (status, code) => {
    expect(deliveryOutcomeOf(coded(status, code), AT)).toMatchObject({
      kind: 'refused',
      failure: { kind: 'payload', status },
    });
  });
});

describe('retry: nothing is wrong with post or target', () => {
  it('429 names the time in its body, finer than in its header', () => {
    const answer = http(
      429,
      { message: 'You are being rate limited.', retry_after: 0.307, global: false },
      { 'retry-after': '1' },
    );
    expect(deliveryOutcomeOf(answer, AT)).toMatchObject({
      kind: 'retry',
      afterMs: 307,
      global: false,
      failure: { kind: 'rate limit' },
    });
  });

  it('429 from a proxy names the time in its header alone', () => {
    expect(deliveryOutcomeOf(http(429, '<html>', { 'retry-after': '2' }), AT)).toMatchObject({
      kind: 'retry',
      afterMs: 2_000,
    });
  });

  it('429 without any time leaves it to us', () => {
    expect(deliveryOutcomeOf(http(429, ''), AT)).toMatchObject({ kind: 'retry', afterMs: undefined });
  });

  it('429 for all routes of the token is told apart', () => {
    expect(deliveryOutcomeOf(http(429, { retry_after: 1, global: true }), AT)).toMatchObject({ global: true });
    expect(deliveryOutcomeOf(http(429, { retry_after: 1 }, { 'x-ratelimit-scope': 'global' }), AT)).toMatchObject({
      global: true,
    });
  });

  it.each([
    ['500', http(500), 'server'],
    ['502 with an HTML page', http(502, '<html>Bad gateway</html>'), 'server'],
    ['a 5xx whose body names a dead code', coded(503, 50001), 'server'],
    ['overload', coded(400, 130000), 'server'],
    ['408', http(408), 'server'],
    ['a redirect', http(302, '', { location: 'https://elsewhere.example' }), 'unexpected'],
  ])('%s', (_what, answer, kind) => {
    expect(deliveryOutcomeOf(answer, AT)).toMatchObject({ kind: 'retry', afterMs: undefined, failure: { kind } });
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'CERT_HAS_EXPIRED', 'TIMEOUT'])('network error %s', (code) => {
    const answer = { kind: 'network', code, text: 'no luck' } as const;
    expect(deliveryOutcomeOf(answer, AT)).toMatchObject({
      kind: 'retry',
      failure: { kind: 'network', status: null, code },
    });
  });
});

it('a failure repeats no more than the first words of what Discord said', () => {
  const outcome = deliveryOutcomeOf(http(500, { message: 'x'.repeat(5_000) }), AT);
  expect(outcome.kind === 'retry' && outcome.failure.text.length).toBe(200);
});
