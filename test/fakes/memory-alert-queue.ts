import type { AlertQueue, ReceivedMessage } from '../../functions/core/records/alert-queue.ts';

type Letter = Parameters<AlertQueue['deadLetter']>[1];

/** An alert queue that only records its calls. */
export function memoryAlertQueue(): AlertQueue & {
  handedBack: readonly { message: ReceivedMessage; delayMs: number }[];
  deadLetters: readonly { message: ReceivedMessage; letter: Letter }[];
} {
  const handedBack: { message: ReceivedMessage; delayMs: number }[] = [];
  const deadLetters: { message: ReceivedMessage; letter: Letter }[] = [];
  return {
    handedBack,
    deadLetters,
    async returnToQueue(message, delayMs) {
      handedBack.push({ message, delayMs });
    },
    async deadLetter(message, letter) {
      deadLetters.push({ message, letter });
    },
  };
}
