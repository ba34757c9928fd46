import MailComposer, { type MailComposerOptions } from 'nodemailer/lib/mail-composer';

export type SampleMail = {
  /** Its name in tests; also the left side of its Message-ID. */
  name: string;
  /** The message in the format of RFC 5322. */
  raw: Buffer;
  receivedAt: Date;
  /** The route of the shipped settings. */
  expectedRoute: 'vip' | 'stripe' | 'customer' | 'unknown';
  /** What a person should read in it, without characters that only control how text is drawn. */
  expected: { subject: string; snippetContains?: string };
};

/** A sample email whose time of receipt is not known yet. */
export type MailDraft = Omit<SampleMail, 'raw' | 'receivedAt'> & {
  hoursAgo: number;
  write(date: Date): Promise<Buffer>;
};

/** Senders and recipients of the emails; rules of the shipped settings match some of these. */
export const ADDRESSES = {
  support: 'support@example.com',
  team: 'team@example.com',
  board: 'board@example.com',
  investor: 'jonas@investor.example',
} as const;

type Described = Pick<MailDraft, 'name' | 'hoursAgo' | 'expectedRoute'> & { snippetContains?: string };

/** An ordinary email, composed like that of a mail client. */
export function composed({ snippetContains, mail, ...draft }: Described & { mail: MailComposerOptions }): MailDraft {
  return {
    ...draft,
    expected: expected(String(mail.subject ?? ''), snippetContains),
    write: (date) =>
      new MailComposer({
        newline: 'win',
        date,
        messageId: messageIdOf(draft.name),
        baseBoundary: draft.name,
        ...mail,
      })
        .compile()
        .build(),
  };
}

/** An odd email, written by hand: `header` line by line without Date and Message-ID, and the body as it is sent. */
export function written({
  snippetContains,
  shownSubject,
  header,
  body,
  leaveOut,
  ...draft
}: Described & {
  shownSubject: string;
  header: readonly string[];
  body: string | Buffer;
  leaveOut?: 'Message-ID' | 'Date';
}): MailDraft {
  return {
    ...draft,
    expected: expected(shownSubject, snippetContains),
    async write(date) {
      const fields = [
        ...header,
        ...(leaveOut === 'Date' ? [] : [`Date: ${date.toUTCString().replace('GMT', '+0000')}`]),
        ...(leaveOut === 'Message-ID' ? [] : [`Message-ID: ${messageIdOf(draft.name)}`]),
      ];
      return Buffer.concat([Buffer.from(`${fields.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
    },
  };
}

/** Lines with the line breaks of email. */
export function lines(...text: readonly string[]): string {
  return text.map((line) => `${line}\r\n`).join('');
}

/** What the receiving server of example.com adds to an email whose sender it could authenticate (RFC 8601). */
export function authenticatedBy(domain: string): string {
  return `mx.example.com; dkim=pass header.d=${domain}; spf=pass smtp.mailfrom=${domain}; dmarc=pass header.from=${domain}`;
}

function messageIdOf(name: string): string {
  return `<${name}@mail.example>`;
}

function expected(subject: string, snippetContains: string | undefined): SampleMail['expected'] {
  return { subject, ...(snippetContains ? { snippetContains } : {}) };
}
