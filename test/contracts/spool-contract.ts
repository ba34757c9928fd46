import { expect, it } from 'vitest';
import { digestedKeyOf, type Spool, segmentOf } from '../../functions/core/records/spool.ts';
import { allOf, sampleEntry } from './sample-entry.ts';

const AT = new Date('2026-03-02T23:59:59.000Z');

export type SpoolUnderTest = {
  spool: Spool;
  /** The text under a key, pending or digested. */
  textAt(key: string): Promise<string | undefined>;
};

/** What every spool promises. @param underTest the spool, once the tests run; shared by all tests */
export function spoolContract(underTest: () => SpoolUnderTest): void {
  const sampleSegment = (mailbox: string) => segmentOf(mailbox, '17', [sampleEntry(), sampleEntry()], AT);
  async function pendingKeys(): Promise<string[]> {
    return (await allOf(underTest().spool.pending())).map(({ key }) => key);
  }

  it('gives back every pending segment as it was written', async () => {
    const segments = [sampleSegment('a/INBOX'), sampleSegment('b/Größe & Maß/[Gmail]'), sampleSegment('c/../100% !')];
    for (const segment of segments) await underTest().spool.write(segment);
    const pending = await allOf(underTest().spool.pending());
    expect(pending).toEqual(expect.arrayContaining(segments));
  });

  it('lets a repeated page overwrite itself', async () => {
    const segment = sampleSegment('repeated/INBOX');
    await underTest().spool.write(segment);
    await underTest().spool.write({ ...segment, text: 'again' });
    expect((await allOf(underTest().spool.pending())).filter(({ key }) => key === segment.key)).toEqual([
      { key: segment.key, text: 'again' },
    ]);
  });

  it('moves a segment under the day of its digest, whatever characters the mailbox has', async () => {
    const segment = sampleSegment('moved/Größe & Maß+[Gmail] 100% !');
    await underTest().spool.write(segment);
    await underTest().spool.archive(segment.key, new Date('2026-03-04T05:06:07.000Z'));
    expect(await pendingKeys()).not.toContain(segment.key);
    const digestedKey = segment.key.replace('unknowns/pending/', 'unknowns/digested/2026/03/04/');
    expect(await underTest().textAt(digestedKey)).toBe(segment.text);
  });

  it('archives once where two digests overlap', async () => {
    const segment = sampleSegment('overlap/INBOX');
    await underTest().spool.write(segment);
    await underTest().spool.archive(segment.key, AT);
    await underTest().spool.archive(segment.key, AT);
    expect(await underTest().textAt(segment.key)).toBeUndefined();
  });

  it('keeps the text where two digests archive it at the same time, also on two days', async () => {
    const segment = sampleSegment('same-time/INBOX');
    await underTest().spool.write(segment);
    const days = [AT, new Date('2026-03-03T00:00:01.000Z')];
    await Promise.all(days.map((day) => underTest().spool.archive(segment.key, day)));
    expect(await pendingKeys()).not.toContain(segment.key);
    const copies = await Promise.all(days.map((day) => underTest().textAt(digestedKeyOf(segment.key, day))));
    expect(copies).toContain(segment.text);
    expect(copies.filter((text) => text !== undefined && text !== segment.text)).toEqual([]);
  });
}
