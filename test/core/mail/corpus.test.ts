import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Mail, recordOf } from '../../../functions/core/mail/mail.ts';
import { lacksText } from '../../../functions/core/mail/read-mail.ts';
import { rawMailOf, read } from './raw-mail-of.ts';

/** What a person expects of an email of the corpus; `route` and `mustBeSeparate` are for other tests to check. */
type Expected = { subject?: string; snippet?: string; from?: string; date?: string };

/** Senders that are lost in a comment or quotes that never end: the parser of addresses does not read them yet. */
const FROM_NOT_CHECKED_YET: ReadonlySet<string> = new Set(['028-from-unclosed-comment', '037-from-unclosed-quote']);

const FOLDER = new URL('corpus/', import.meta.url);
const CASES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.eml'))
  .map((file) => file.slice(0, -'.eml'.length));

/** As the poll reads it: once more, where no text is found. */
function readCase(name: string): Mail {
  const raw = rawMailOf(readFileSync(new URL(`${name}.eml`, FOLDER)));
  const mail = read(raw);
  return lacksText(mail) ? read({ ...raw, isAllFetched: true }) : mail;
}

describe('an email that other readers of email have failed at', () => {
  it.each(CASES)('%s', (name) => {
    const expected: Expected = JSON.parse(readFileSync(new URL(`${name}.expected.json`, FOLDER), 'utf8'));
    const mail = readCase(name);
    expect(mail.problem).toBeUndefined();
    if (expected.subject !== undefined) expect(mail.subject).toBe(expected.subject);
    expect(mail.snippet).toContain(expected.snippet ?? '');
    if (!FROM_NOT_CHECKED_YET.has(name)) expect(recordOf(mail).from).toContain(expected.from ?? '');
    if (expected.date !== undefined) expect(mail.date).toBe(expected.date);
  });

  it('is in the corpus', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(27);
  });
});
