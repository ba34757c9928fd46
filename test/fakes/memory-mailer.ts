import type { DigestMail, Mailer } from '../../functions/core/digest/mailer.ts';

/** A mail service that keeps what it took; after `refuse` it takes nothing until `accept`. */
export function memoryMailer(): Mailer & {
  sent: readonly DigestMail[];
  refuse(error: Error): void;
  accept(): void;
} {
  const sent: DigestMail[] = [];
  let refusal: Error | undefined;
  return {
    sent,
    refuse: (error) => {
      refusal = error;
    },
    accept: () => {
      refusal = undefined;
    },
    async send(mail) {
      if (refusal) throw refusal;
      sent.push(structuredClone(mail));
      return { messageId: `digest-${sent.length}` };
    },
  };
}
