import type { MailLocation } from '../mail/mail.ts';

/** A mail that the audit brought back, so that a person can see which one and judge why. */
export type AuditFinding = {
  kind: 'missing' | 'stale alert' | 'stale unknown';
  mailId: string;
  location: MailLocation;
  /** Where it was handed over to, now; where it waits, if it was not handed over. */
  route: string;
  outcome:
    | 'sent'
    /** It waits for a person. */
    | 'dead'
    /** It lies in the spool, and waits for a digest. */
    | 'in the spool';
  from: string;
  subject: string;
};

/** What one audit of one mailbox found. The figures are kept beside the watermark, for the digest and the status. */
export type AuditReport = {
  mailbox: string;
  at: Date;
  /** Mails that the server lists between the baseline (the last 30 days of it) and the watermark, and that are still there. */
  inMailbox: number;
  /** Of these, the ones the ledger knew: by their place, or by their mailId under another one. */
  accounted: number;
  /** Of these, the ones that stood nowhere and are accepted and handed over now. */
  recovered: number;
  /** Open alerts and unknown mails that waited too long and are handed over again, or wait for a person as dead. */
  staleAlerts: number;
  staleUnknown: number;
  /** Mails, and open entries that wait too long, for which time did not suffice; the next audit looks at them. */
  left: number;
  /** The first of what was found. */
  findings: readonly AuditFinding[];
};
