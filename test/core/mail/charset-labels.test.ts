import { describe, expect, it } from 'vitest';
import { decodedText } from '../../../functions/core/mail/charset.ts';
import { readSource, withBody } from './raw-mail-of.ts';

/** Labels of real senders, with that of the Encoding Standard; with any other, the bytes have another meaning. */
const LABELS: readonly (readonly [label: string, text: string, base64: string])[] = [
  ['latin-2', 'Příliš žluťoučký', 'UPjtbGm5IL5sdbtvdehr/Q=='],
  ['Latin2', 'Příliš žluťoučký', 'UPjtbGm5IL5sdbtvdehr/Q=='],
  ['ISO8859_2', 'Příliš žluťoučký', 'UPjtbGm5IL5sdbtvdehr/Q=='],
  ['ISO8859_7', 'Καλημέρα', 'yuHr5+zd8eE='],
  ['ISO8859-7', 'Καλημέρα', 'yuHr5+zd8eE='],
  ['iso_8859_7', 'Καλημέρα', 'yuHr5+zd8eE='],
  ['x-koi8-r', 'Приглашение', '8NLJx8zB28XOycU='],
  ['KOI8R', 'Приглашение', '8NLJx8zB28XOycU='],
  ['koi8_r', 'Приглашение', '8NLJx8zB28XOycU='],
  ['x-windows-1251', 'Да', 'xOA='],
  ['windows1251', 'Да', 'xOA='],
  ['ms1253', 'Καλημέρα', 'yuHr5+zd8eE='],
  ['iso 8859-5', 'Да', 'tNA='],
];

describe('a charset by a label that the Encoding Standard does not list', () => {
  it.each(LABELS)('%s', (label, text, base64) => {
    expect(decodedText(Buffer.from(base64, 'base64'), label, 'whole')).toBe(text);
  });

  it.each(LABELS.filter(([label]) => !label.includes(' ')))(
    '%s, in subject and body of an email',
    (label, text, base64) => {
      const header = [`Subject: =?${label}?B?${base64}?=`, `Content-Type: text/plain; charset=${label}`];
      const { subject, snippet } = readSource(withBody(header, Buffer.from(base64, 'base64')));
      expect({ subject, snippet }).toEqual({ subject: text, snippet: text });
    },
  );

  it('of 40 characters is still looked up, and a longer one is not', () => {
    const bytes = Buffer.from('tNA=', 'base64');
    const label = (length: number) => `iso-8859-5${"'".repeat(length - 'iso-8859-5'.length)}`;
    expect(decodedText(bytes, label(40), 'whole')).toBe('Да');
    expect(decodedText(bytes, label(41), 'whole')).not.toBe('Да');
  });
});
