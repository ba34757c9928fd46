import { afterEach, describe, expect, it, vi } from 'vitest';
import { LETTERS_TIMEOUT_MS } from '../../../functions/core/digest/limits.ts';
import { hoursAgo } from './digest-fixtures.ts';
import { digestWorld } from './digest-world.ts';

const unreadable = (body: string, hours: number) => ({
  body,
  mailId: undefined,
  failure: undefined,
  sentAt: hoursAgo(hours),
});

describe('unreadable messages in a dead-letter queue', () => {
  it('are in every digest and its subject until they are removed, with the command that does it', async () => {
    const { send, deadLetters } = await digestWorld([]);
    deadLetters.put('vip', unreadable('{"damaged', 2));
    deadLetters.put('vip', unreadable('not <b>json</b>', 26));
    for (const _ of ['first', 'second']) {
      const { subject, text, html } = await send();
      const title = '2 unreadable messages in the dead-letter queue of vip since Thu 19 Mar, 06:30';
      expect(subject).toBe(`Rollcall: ⚠ ${title}`);
      for (const twin of [text, html]) {
        expect(twin).toContain(title);
        expect(twin).toContain('npm run rollcall -- letters vip');
        expect(twin).toContain('Fri 20 Mar, 06:30: the message is not JSON: {');
      }
      expect(text).toContain('not <b>json</b>');
      expect(html).not.toContain('<b>json');
    }
    for (const { messageId } of await deadLetters.unreadable('vip')) await deadLetters.remove('vip', messageId);
    expect((await send()).subject).toBe('Rollcall: nothing new');
  });

  it('do not grow the digest beyond measure', async () => {
    const { send, deadLetters } = await digestWorld([]);
    for (let count = 0; count < 200; count += 1) deadLetters.put('vip', unreadable('x'.repeat(200_000), 1));
    const { text } = await send();
    expect(text).toContain('200 unreadable messages');
    expect(text).toContain('and 190 more');
    expect(text.length).toBeLessThan(10_000);
  });
});

describe('a dead-letter queue that cannot be read', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('does not keep the digest from coming, and is named in it', async () => {
    const { send, settled } = await digestWorld();
    const denied = { unreadable: () => Promise.reject(new Error('AccessDenied: not allowed to receive')) };
    const { subject, text } = await send({ deadLetters: denied });
    expect(subject).toBe('Rollcall: ⚠ The dead letters of vip could not be read');
    expect(text).toContain('! The dead letters of vip could not be read');
    expect(text).toContain('AccessDenied: not allowed to receive');
    expect(settled()).toHaveLength(3);
  });

  it('nor where it gives no answer at all', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { send, settled } = await digestWorld();
    let text: string | undefined;
    void send({ deadLetters: { unreadable: () => new Promise(() => {}) } }).then((report) => {
      text = report.text;
    });
    await vi.advanceTimersByTimeAsync(LETTERS_TIMEOUT_MS);
    await new Promise((resolve) => setImmediate(resolve));
    expect(text).toContain(`SQS did not answer within ${LETTERS_TIMEOUT_MS / 1000} s.`);
    expect(settled()).toHaveLength(3);
  });
});
