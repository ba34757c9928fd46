/** A poll hung until its time was nearly over. The watermark stands behind the last page that was handed over. */
export class PollOverdue extends Error {
  override readonly name = 'PollOverdue';

  constructor(mailbox: string, handedOver: number) {
    super(
      `${mailbox}: the poll was given up because its time was nearly over, after ${handedOver} mails. ` +
        'What it waited for did not answer; the next poll goes on where this one stands.',
    );
  }
}
