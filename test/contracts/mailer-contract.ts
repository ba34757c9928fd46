import { expect, it } from 'vitest';
import type { DigestMail, Mailer } from '../../functions/core/digest/mailer.ts';

export type MailerUnderTest = {
  mailer: Mailer;
  sent(): Promise<DigestMail[]>;
  /** Makes the service refuse the next emails. */
  refuse(): void;
};

export const SAMPLE_DIGEST: DigestMail = {
  subject: 'Rollcall: 2 alerts are dead 🧵',
  text: 'Größe',
  html: '<p>Größe</p>',
  attachments: [
    { fileName: 'unknown.jsonl', contentType: 'application/x-ndjson', content: '{"subject":"Größe 🧵"}\n' },
  ],
};

/** What a mailer promises. @param underTest once the tests run; the tests run in order */
export function mailerContract(underTest: () => MailerUnderTest): void {
  it('sends subject, both bodies and attachments as they are', async () => {
    const { messageId } = await underTest().mailer.send(SAMPLE_DIGEST);
    expect(messageId).not.toBe('');
    expect(await underTest().sent()).toEqual([SAMPLE_DIGEST]);
  });

  it('throws what the service refuses', async () => {
    underTest().refuse();
    await expect(underTest().mailer.send(SAMPLE_DIGEST)).rejects.toThrow(/refused by the test/);
    expect(await underTest().sent()).toHaveLength(1);
  });
}
