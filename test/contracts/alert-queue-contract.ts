import { expect, it } from 'vitest';
import type { AlertQueue, ReceivedMessage } from '../../functions/core/records/alert-queue.ts';
import { sampleFailure } from './sample-entry.ts';

export type AlertQueueUnderTest = {
  queue: AlertQueue;
  /** Puts a message into the queue and takes it out as an invocation would get it. */
  receive(body: string): Promise<ReceivedMessage>;
  /** The bodies and reasons of all dead letters so far. */
  deadLetters(): Promise<{ body: string; reason: string | undefined; mailId: string | undefined }[]>;
};

/** What the taking end of a queue promises. @param underTest once the tests run */
export function alertQueueContract(underTest: () => AlertQueueUnderTest): void {
  it('copies a dead letter with its reason', async () => {
    const { queue, receive, deadLetters } = underTest();
    const failure = sampleFailure();
    await queue.deadLetter(await receive('an alert'), { mailId: 'mail-1', target: 'channel 1', failure });
    expect(await deadLetters()).toContainEqual({ body: 'an alert', reason: failure.text, mailId: 'mail-1' });
  });

  it('takes a dead letter that says nothing of a mail, a status or a code', async () => {
    const { queue, receive, deadLetters } = underTest();
    const failure = sampleFailure({ kind: 'message', status: null, code: null, text: 'not JSON' });
    await queue.deadLetter(await receive('{'), { mailId: undefined, target: 'channel 1', failure });
    expect(await deadLetters()).toContainEqual({ body: '{', reason: 'not JSON', mailId: undefined });
  });

  it('takes a message back', async () => {
    const { queue, receive } = underTest();
    await expect(queue.returnToQueue(await receive('later'), 90_000)).resolves.toBeUndefined();
  });
}
