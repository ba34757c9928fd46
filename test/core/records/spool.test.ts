import { describe, expect, it } from 'vitest';
import { digestedKeyOf, parseSegment, segmentOf } from '../../../functions/core/records/spool.ts';
import { sampleEntry } from '../../contracts/sample-entry.ts';

const AT = new Date('2026-03-02T10:00:00.000Z');

function unknownAt(uid: number, differences: { snippet?: string; reason?: string | null } = {}) {
  const entry = sampleEntry({ location: { mailbox: 'support/INBOX', uidValidity: '17', uid } });
  const { snippet = 'text', reason = 'no rule matched' } = differences;
  return { ...entry, route: 'unknown', rule: null, reason, record: { ...entry.record, snippet } };
}
const keyOf = (mailbox: string) => segmentOf(mailbox, '17', [unknownAt(1)], AT).key;

describe('a spool segment', () => {
  it('holds one line a mail, by uid, and reads as it was written', () => {
    const [later, earlier] = [unknownAt(9), unknownAt(4)];
    const { lines, damaged } = parseSegment(segmentOf('support/INBOX', '17', [later, earlier], AT).text);
    expect(damaged).toEqual([]);
    expect(lines).toEqual([
      expect.objectContaining({ mailId: earlier.mailId }),
      {
        mailId: later.mailId,
        mailbox: 'support/INBOX',
        uid: 9,
        uidValidity: '17',
        messageId: '<1@example.com>',
        from: 'Ada Lovelace <ada@example.com>',
        to: 'support@example.net',
        subject: 'The engine weaves 🧵',
        date: '2026-03-02T08:59:00.000Z',
        snippet: 'text',
        rule: null,
        reason: 'no rule matched',
        link: null,
        ts: '2026-03-02T10:00:00.000Z',
      },
    ]);
  });

  it('ends each line with a line feed, whatever a mail holds', () => {
    const { text } = segmentOf('support/INBOX', '17', [unknownAt(1, { snippet: 'a\nb\r\n\u2028c' })], AT);
    expect(text.match(/\n/g)).toHaveLength(1);
    expect(text.endsWith('}\n')).toBe(true);
    expect(parseSegment(text).lines[0]?.snippet).toBe('a\nb\r\n\u2028c');
  });

  it('cuts a snippet at 500 characters and no emoji in two', () => {
    const { text } = segmentOf('support/INBOX', '17', [unknownAt(1, { snippet: '🧵'.repeat(501) })], AT);
    expect(parseSegment(text).lines[0]?.snippet).toBe('🧵'.repeat(500));
  });

  it('is named after the place of its mails', () => {
    const { key } = segmentOf('support/INBOX', '17', [unknownAt(9), unknownAt(10), unknownAt(4)], AT);
    expect(key).toMatch(/^unknowns\/pending\/support\/INBOX\/17-4-10-[0-9a-f]{12}\.jsonl$/);
  });

  it('has the same key when the same page is written again, later and in another order', () => {
    const entries = [unknownAt(1), unknownAt(2)];
    const again = segmentOf('support/INBOX', '17', entries.toReversed(), new Date('2026-03-03T10:00:00.000Z'));
    expect(again.key).toBe(segmentOf('support/INBOX', '17', entries, AT).key);
  });

  it('never overwrites a segment with what a crash left of its page', () => {
    const [first, second, third] = [unknownAt(1), unknownAt(2), unknownAt(3)];
    const whole = segmentOf('support/INBOX', '17', [first, second, third], AT);
    const rest = segmentOf('support/INBOX', '17', [first, third], AT);
    expect(rest.key).not.toBe(whole.key);
  });

  it('has a key of safe characters for every mailbox, and one of its own', () => {
    const mailboxes = [
      'a/Größe & Maß',
      'a/[Gmail]/Alle Nachrichten',
      'a/100%',
      'a/100!25',
      'a/100!',
      'a/../b',
      'a/b',
      'a/\ud800',
    ];
    const keys = mailboxes.map(keyOf);
    for (const key of keys) {
      expect(key).toMatch(/^[A-Za-z0-9!_.*'()/-]+$/);
      expect(key.split('/')).not.toContain('..');
    }
    const folders = keys.map((key) => key.slice(0, key.lastIndexOf('/')));
    expect(new Set(folders).size).toBe(mailboxes.length);
  });

  it('cannot be empty', () => {
    expect(() => segmentOf('support/INBOX', '17', [], AT)).toThrow(/support\/INBOX needs at least one mail/);
  });
});

describe('a damaged segment', () => {
  it('gives every line that can be read, and tells the others', () => {
    const { text } = segmentOf('support/INBOX', '17', [unknownAt(1), unknownAt(2)], AT);
    const [first = '', second = ''] = text.split('\n');
    const { lines, damaged } = parseSegment([first, '{"mailId":"cut', '', '{"mailId":""}', second].join('\n'));
    expect(lines.map(({ uid }) => uid)).toEqual([1, 2]);
    expect(damaged).toEqual([
      { lineNumber: 2, text: '{"mailId":"cut', reason: 'the line is not JSON' },
      { lineNumber: 4, text: '{"mailId":""}', reason: expect.stringContaining('mailId') },
    ]);
  });
});

describe('a digested segment', () => {
  it('lies under the day that carried it, in UTC', () => {
    const day = new Date('2026-03-04T23:30:00.000Z');
    expect(digestedKeyOf('unknowns/pending/a/INBOX/1-2-3.jsonl', day)).toBe(
      'unknowns/digested/2026/03/04/a/INBOX/1-2-3.jsonl',
    );
  });

  it('was pending before', () => {
    expect(() => digestedKeyOf('elsewhere/a.jsonl', AT)).toThrow(/elsewhere\/a.jsonl is not under unknowns\/pending/);
  });
});
