import type { MailLocation } from '../mail/mail.ts';

/** An email that the audit recovered, so that a person can see which one and judge why. */
export type AuditFinding = {
  kind: 'missing' | 'stale alert' | 'stale unknown';
  mailId: string;
  location: MailLocation;
  /** The route to which it was handed over, or whose queue it waits for. */
  route: string;
  outcome:
    | 'sent'
    /** It waits for a person. */
    | 'dead'
    /** It is in the spool and waits for a digest. */
    | 'in the spool';
  from: string;
  subject: string;
};

/**
 * The result of one audit of one mailbox. The figures are kept next to the watermark, for the digest and `rollcall
 * status`.
 */
export type AuditReport = {
  mailbox: string;
  at: Date;
  /**
   * Emails that the server lists between the baseline (the last 30 days of it) and the watermark, and that still exist.
   */
  inMailbox: number;
  /** Of these, the ones that the ledger knew: by their location, or by their mailId under another location. */
  accounted: number;
  /** Of these, the ones that were missing and are now accepted and handed over. */
  recovered: number;
  /** Open alerts and unknown emails that waited too long: handed over again, or dead and waiting for a person. */
  staleAlerts: number;
  staleUnknown: number;
  /** Emails, and open entries that wait too long, that there was no time for; the next audit checks them. */
  left: number;
  /** The first of the findings. */
  findings: readonly AuditFinding[];
};
