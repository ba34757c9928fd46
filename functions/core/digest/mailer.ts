export type DigestMail = {
  subject: string;
  text: string;
  html: string;
  attachments: readonly { fileName: string; contentType: string; content: string }[];
};

/** Sends the digest; throws unless the mail service accepted it. */
export interface Mailer {
  send(mail: DigestMail): Promise<{ messageId: string }>;
}

/** The mail service did not accept a digest. None of its content counts as carried. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
  /** The service's own name for the refusal. */
  readonly code: string;

  /** @param text what was refused, and what to do */
  constructor(code: string, text: string, options: { cause: unknown }) {
    super(text, options);
    this.code = code;
  }
}
