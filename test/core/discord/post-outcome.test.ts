import { describe, expect, it } from 'vitest';
import type { DiscordAnswer } from '../../../functions/core/discord/discord.ts';
import { HTTP_OUTCOMES, NETWORK_CODES_WITHOUT_EFFECT } from '../../../functions/core/discord/outcome-table.ts';
import { postOutcomeOf } from '../../../functions/core/discord/post-outcome.ts';

const AT = new Date('2026-03-02T09:00:00Z');

function http(status: number, body: unknown = {}, headers: Record<string, string> = {}): DiscordAnswer {
  return { kind: 'http', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

const coded = (status: number, code: number) => http(status, { code, message: `Discord says ${code}` });

describe('delivered', () => {
  it('is a message with an id, and nothing less', () => {
    expect(postOutcomeOf(http(200, { id: '1180' }), AT)).toEqual({ kind: 'delivered', postId: '1180' });
    expect(postOutcomeOf(http(201, { id: '1180' }), AT)).toEqual({ kind: 'delivered', postId: '1180' });
  });

  it.each([
    ['204, as a webhook answers without wait=true', http(204, '')],
    ["a proxy's page", http(200, '<html>Welcome</html>')],
    ['a body without an id', http(200, { ok: true })],
    ['a body cut short', http(200, '{"id":"11')],
    ['an id that is no text', http(200, { id: 1180 })],
  ])('is not %s: nothing proves that it was saved, and it may have been', (_what, answer) => {
    expect(postOutcomeOf(answer, AT)).toMatchObject({
      kind: 'retry',
      effect: 'possible',
      failure: { kind: 'unexpected', text: expect.stringContaining('nothing proves') },
    });
  });

  it('is a message too that someone deleted before its id was known: its nonce is used up', () => {
    expect(postOutcomeOf(coded(404, 10008), AT)).toEqual({ kind: 'delivered', postId: 'deleted' });
  });
});

const DEAD = [
  [404, 10003, 'target'],
  [404, 10015, 'target'],
  [403, 40007, 'target'],
  [400, 40058, 'target'],
  [403, 40333, 'target'],
  [403, 50001, 'target'],
  [400, 50008, 'target'],
  [403, 50013, 'target'],
  [400, 50024, 'target'],
  [400, 50083, 'target'],
  [400, 160005, 'target'],
  [400, 220001, 'target'],
  [401, 40001, 'credential'],
  [403, 50014, 'credential'],
  [401, 50027, 'credential'],
] as const;

describe('dead: the target or its credential is gone', () => {
  it.each(DEAD)('HTTP %d with code %d (%s)', (status, code, kind) => {
    expect(postOutcomeOf(coded(status, code), AT)).toEqual({
      kind: 'dead',
      failure: { kind, status, code: String(code), text: `Discord says ${code}`, at: AT },
    });
  });

  it.each([
    ['401 without a code that is known', http(401, { message: '401: Unauthorized', code: 0 }), 'credential'],
    ['401 with an HTML page', http(401, '<html>'), 'credential'],
    ['403 with a code that nobody knows', coded(403, 99999), 'target'],
    ['403 with an HTML page', http(403, '<html>'), 'target'],
    ['404 with a code that nobody knows', coded(404, 99999), 'target'],
    ['404 with an HTML page', http(404, '<html>'), 'target'],
  ])('%s', (_what, answer, kind) => {
    expect(postOutcomeOf(answer, AT)).toMatchObject({ kind: 'dead', failure: { kind } });
  });

  it('a secret that is not stored names its parameter', () => {
    const text = 'There is no secret /rollcall/bot.';
    expect(postOutcomeOf({ kind: 'no secret', parameter: '/rollcall/bot', text }, AT)).toMatchObject({
      kind: 'dead',
      failure: { kind: 'credential', status: null, text },
    });
  });
});

const REFUSED = [
  [400, 20009],
  [413, 40005],
  [400, 50006],
  [400, 50035],
  [400, 50109],
  [400, 200000],
  [400, 240000],
] as const;

describe('refused: another payload may pass', () => {
  it.each(REFUSED)('HTTP %d with code %d', (status, code) => {
    expect(postOutcomeOf(coded(status, code), AT)).toEqual({
      kind: 'refused',
      failure: { kind: 'payload', status, code: String(code), text: `Discord says ${code}`, at: AT },
    });
  });

  it.each([
    ['400 with a code that nobody knows', coded(400, 99999)],
    ['400 without a code', http(400, '<html>')],
    ['405', http(405)],
    ['413 of a proxy', http(413, '<html>Request Entity Too Large</html>')],
    ['422', http(422)],
  ])('%s', (_what, answer) => {
    expect(postOutcomeOf(answer, AT)).toMatchObject({ kind: 'refused', failure: { kind: 'payload' } });
  });
});

const RETRY = [
  [400, 20016, 'rate limit', 'none'],
  [400, 20028, 'rate limit', 'none'],
  [400, 20029, 'rate limit', 'none'],
  [400, 40062, 'rate limit', 'none'],
  [400, 40004, 'server', 'none'],
  [403, 40006, 'server', 'none'],
  [403, 110001, 'server', 'none'],
  ...([400, 403, 404, 500, 503] as const).map((status) => [status, 130000, 'server', 'possible'] as const),
] as const;

describe('retry: nothing is wrong with post or target', () => {
  it.each(RETRY)('HTTP %d with code %d (%s, effect %s)', (...row) => {
    const [status, code, kind, effect] = row;
    expect(postOutcomeOf(coded(status, code), AT)).toMatchObject({
      kind: 'retry',
      afterMs: undefined,
      global: false,
      effect,
      failure: { kind, status, code: String(code) },
    });
  });

  it.each([
    ['500', http(500), 'server', 'possible'],
    ['502 with an HTML page', http(502, '<html>Bad gateway</html>'), 'server', 'possible'],
    ['503 that names a dead code', coded(503, 50001), 'server', 'possible'],
    ['504', http(504, 'upstream request timeout'), 'server', 'possible'],
    ["520 of Cloudflare's own", http(520, '<html>'), 'server', 'possible'],
    ['408', http(408), 'server', 'possible'],
    ['301', http(301, '', { location: 'https://elsewhere.example' }), 'unexpected', 'none'],
    ['302', http(302, '', { location: 'https://elsewhere.example' }), 'unexpected', 'none'],
    ['307 with a page', http(307, '<html>Log in</html>'), 'unexpected', 'none'],
    ['304', http(304, ''), 'unexpected', 'none'],
  ])('%s', (_what, answer, kind, effect) => {
    expect(postOutcomeOf(answer, AT)).toMatchObject({
      kind: 'retry',
      afterMs: undefined,
      effect,
      failure: { kind },
    });
  });

  it.each([
    ['ENOTFOUND', 'none'],
    ['EAI_AGAIN', 'none'],
    ['ECONNREFUSED', 'none'],
    ['EHOSTUNREACH', 'none'],
    ['ENETUNREACH', 'none'],
    ['EADDRNOTAVAIL', 'none'],
    ['UND_ERR_CONNECT_TIMEOUT', 'none'],
    ['CERT_HAS_EXPIRED', 'none'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'none'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'none'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'none'],
    ['EPROTO', 'none'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'none'],
    ['ECONNRESET', 'possible'],
    ['EPIPE', 'possible'],
    ['ETIMEDOUT', 'possible'],
    ['UND_ERR_SOCKET', 'possible'],
    ['UND_ERR_HEADERS_TIMEOUT', 'possible'],
    ['UND_ERR_BODY_TIMEOUT', 'possible'],
    ['HPE_INVALID_CONSTANT', 'possible'],
    ['TIMEOUT', 'possible'],
    ['UNKNOWN', 'possible'],
  ])('network error %s: the effect is %s', (code, effect) => {
    expect(postOutcomeOf({ kind: 'network', code, text: 'no luck' }, AT)).toMatchObject({
      kind: 'retry',
      effect,
      failure: { kind: 'network', status: null, code, text: expect.stringContaining('no luck') },
    });
  });
});

describe('rate limits', () => {
  const limited = (body: unknown, headers: Record<string, string> = {}) => postOutcomeOf(http(429, body, headers), AT);

  it('name the time in the body, finer than in the header', () => {
    const body = { message: 'You are being rate limited.', retry_after: 0.307, global: false };
    expect(limited(body, { 'retry-after': '1', 'x-ratelimit-scope': 'user' })).toEqual({
      kind: 'retry',
      afterMs: 307,
      global: false,
      effect: 'none',
      failure: { kind: 'rate limit', status: 429, code: null, text: body.message, at: AT },
    });
  });

  it.each([
    ['in the body', { retry_after: 1, global: true }, {}],
    ['in the scope', { retry_after: 1, global: false }, { 'x-ratelimit-scope': 'global' }],
    ['in a header of its own', { retry_after: 1 }, { 'x-ratelimit-global': 'true' }],
  ])('hold for all routes of the token where that is said %s', (_where, body, headers) => {
    expect(limited(body, headers)).toMatchObject({ afterMs: 1_000, global: true });
  });

  it('of a resource that others use too hold for this route only', () => {
    expect(limited({ retry_after: 2, global: false }, { 'x-ratelimit-scope': 'shared' })).toMatchObject({
      global: false,
    });
  });

  it.each([
    ["Cloudflare's page names the time in its header", '<html>error code: 1015</html>', { 'retry-after': '2' }, 2_000],
    ['the block of an address names none', { code: 0, message: 'You are being blocked' }, {}, undefined],
    ['nothing at all names none', '', {}, undefined],
    ['a date is no number of seconds', '', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, undefined],
    ['a negative time is none', '', { 'retry-after': '-5' }, undefined],
  ])('in front of the API are about the address, so about all routes: %s', (_what, body, headers, afterMs) => {
    expect(limited(body, headers)).toMatchObject({ kind: 'retry', afterMs, global: true, failure: { status: 429 } });
  });

  it('come before any code in the body', () => {
    expect(limited({ code: 50001, retry_after: 1 })).toMatchObject({ kind: 'retry', failure: { kind: 'rate limit' } });
    expect(limited({ code: 40062, message: 'Service resource is being rate limited', retry_after: 3 })).toMatchObject({
      afterMs: 3_000,
    });
  });
});

it('a failure repeats no more than the first words of what Discord said', () => {
  const outcome = postOutcomeOf(http(500, { message: 'x'.repeat(5_000) }), AT);
  expect(outcome.kind === 'retry' && outcome.failure.text.length).toBe(200);
});

it('a failure without words says what the status means', () => {
  expect(postOutcomeOf(http(403, '<html>'), AT)).toMatchObject({
    failure: { text: 'HTTP 403 without a reason that Rollcall can read (forbidden)' },
  });
  expect(postOutcomeOf(http(302, ''), AT)).toMatchObject({
    failure: { text: "HTTP 302: this is not Discord's API" },
  });
});

describe('the table', () => {
  it('has a test for every code in it', () => {
    const tested = [10008, ...[...DEAD, ...REFUSED, ...RETRY].map(([, code]) => code)];
    const codes = HTTP_OUTCOMES.map(({ code }) => code).filter((code) => code !== 'any');
    expect(new Set(tested)).toEqual(new Set(codes));
  });

  it('names every code once, and ends in a row that fits everything', () => {
    const codes = HTTP_OUTCOMES.map(({ code }) => code).filter((code) => code !== 'any');
    expect(codes).toHaveLength(new Set(codes).size);
    expect(HTTP_OUTCOMES.at(-1)).toMatchObject({ status: 'any', code: 'any' });
    expect(NETWORK_CODES_WITHOUT_EFFECT.every(({ means }) => means)).toBe(true);
  });

  it('judges every status in every form, and never throws', () => {
    for (let status = 100; status < 600; status += 1) {
      for (const body of ['', '<html>', '{', '[]', 'null', '"x"', '{"code":"50001"}', '{"code":1e99}', '{"id":null}']) {
        const { kind } = postOutcomeOf(http(status, body), AT);
        expect(['retry', 'refused', 'dead']).toContain(kind);
      }
    }
  });
});
