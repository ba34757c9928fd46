import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, displayedText } from '../../../functions/core/mail/displayed-text.ts';
import { growthOf } from '../../cpu-time.ts';

describe('displayed text', () => {
  it.each([
    ['a bidi override that reverses a file name', 'invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['isolates and embeddings', '\u2067a\u2069\u202Bb\u202C', 'ab'],
    ['directional marks', 'a\u200Eb\u200Fc\u061Cd', 'abcd'],
    ['zero-width characters inside a word', 'pay\u200Bp\u2060a\uFEFFl\u00AD', 'paypal'],
    ['joiners between Latin letters', 'vi\u200Ca\u200Dgra', 'viagra'],
    ['blank fillers that newsletters pad their preview with', 'Sale \u034F \u200C \u00AD \u034F now', 'Sale now'],
    ['Hangul fillers and tag characters', 'a\u3164b\u{E0041}c', 'abc'],
    ['terminal escapes and other controls', '\u001B[31mred\u0007\u0000\u009B', '[31mred'],
    ['lone surrogates', 'a\uD83Db\uDE00', 'ab'],
  ])('drops %s', (_, text, shown) => {
    expect(displayedText(text)).toBe(shown);
  });

  it('shows every kind of white space as one space, so that a text stays on its line', () => {
    expect(displayedText('  one\r\n\ttwo\u2028three\u00A0\u0085four ')).toBe('one two three four');
  });

  it.each([
    ['emoji families', '👨‍👩‍👧 and 👩🏽‍💻'],
    ['emoji forms', '❤️ and ❤︎'],
    ['Persian words', 'می‌خواهم'],
    ['Hindi conjuncts', 'क्‍ष'],
    ['Vietnamese in decomposed form', 'Việt Nam'.normalize('NFD')],
    ['Japanese and Hebrew', '請求書 שלום'],
  ])('keeps %s as they are', (_, text) => {
    expect(displayedText(text)).toBe(text);
  });

  it('keeps no more marks on a letter than any script stacks', () => {
    expect(displayedText(`a${'\u0301'.repeat(5000)}b`)).toBe(`a${'\u0301'.repeat(6)}b`);
  });

  it('changes nothing that it has already made displayable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = displayedText(text);
        expect(shown).not.toMatch(/[\p{Cc}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u);
        expect(displayedText(shown)).toBe(shown);
      }),
    );
  });
});

describe('cut text', () => {
  it('leaves a text alone that fits', () => {
    expect(cutText('exactly', 7)).toBe('exactly');
  });

  it('counts the ellipsis into the limit', () => {
    expect(cutText('Invoice 4711', 8)).toBe('Invoice…');
  });

  it('leaves no space before the ellipsis', () => {
    expect(cutText('Invoice 4711', 9)).toBe('Invoice…');
  });

  it.each([
    ['a family', 'ab👨‍👩‍👧', 6],
    ['a flag', 'ab🇯🇵', 5],
    ['a skin tone', 'ab👍🏽', 5],
    ['a letter with its accent', 'abe\u0301\u0302x', 5],
    ['a pair of surrogates', 'ab😀x', 4],
  ])('never cuts through %s', (_, text, maxCharacters) => {
    expect(cutText(text, maxCharacters)).toBe('ab…');
  });

  it('leaves out a grapheme that alone is longer than the limit', () => {
    expect(cutText(`a${'\u0301'.repeat(5000)}`, 100)).toBe('…');
  });

  it('shows nothing where there is no room', () => {
    expect(cutText('abc', 0)).toBe('');
  });

  it('stays within the limit and cuts where Intl.Segmenter sees a boundary', () => {
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, maxCharacters) => {
        const cut = cutText(text, maxCharacters);
        expect(cut.length).toBeLessThanOrEqual(maxCharacters);
        const kept = cut.endsWith('…') && cut !== text ? cut.slice(0, -1) : cut;
        expect(text.startsWith(kept)).toBe(true);
        const boundaries = [...segmenter.segment(text)].map(({ index }) => index);
        const rest = text.slice(kept.length).trimStart();
        expect([...boundaries, text.length]).toContain(text.length - rest.length);
      }),
    );
  });

  it('reads a hostile text no further than the limit', () => {
    const hostile = (times: number) => 'a\u0301\u200D'.repeat(times * 300_000);
    expect(growthOf(hostile, (text) => cutText(text, 500), { enough: 3 })).toBeLessThanOrEqual(3);
  });
});
