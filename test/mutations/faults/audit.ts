import type { Mutation } from '../mutation.ts';

const AUDIT = 'functions/core/audit/audit.ts';
const MAILS = 'functions/core/audit/audited-mails.ts';
const STALE = 'functions/core/audit/stale-entries.ts';
const audited = ['core/audit/audited-mails.test.ts'] as const;
const stale = ['core/audit/stale-entries.test.ts'] as const;

/** Faults in comparing the mailbox with the ledger. */
export const auditMutations: readonly Mutation[] = [
  {
    name: 'the audit skips a uid',
    breaks: 'P6',
    file: MAILS,
    find: 'const pages = session.pages(uids, MAILS_PER_PAGE);',
    replace: 'const pages = session.pages(uids.slice(1), MAILS_PER_PAGE);',
    caughtBy: audited,
  },
  {
    name: 'the audit fetches what is missing and does not take it in',
    breaks: 'P6',
    file: MAILS,
    find: 'await triagePage(accountable, { ...services, isRecovery: true }, recognised)',
    replace: 'await triagePage(accountable.slice(accountable.length), services, recognised)',
    caughtBy: audited,
  },
  {
    name: 'a mail that was accepted and never handed over counts as accounted for',
    breaks: 'P6',
    file: 'functions/core/audit/missing-uids.ts',
    find: "return state !== 'accepted' && (",
    replace: 'return (',
    caughtBy: audited,
  },
  {
    name: 'what the audit accepts is not marked',
    breaks: 'P4',
    file: MAILS,
    find: '{ ...services, isRecovery: true }',
    replace: '{ ...services, isRecovery: false }',
    caughtBy: audited,
  },
  {
    name: 'what the audit brought back is not counted',
    breaks: 'P4',
    file: MAILS,
    find: 'recovered: fetched.recovered + handedOver.length,',
    replace: 'recovered: fetched.recovered,',
    caughtBy: audited,
  },
  {
    name: 'what the audit brought back is not named',
    breaks: 'P6',
    file: MAILS,
    find: 'findings: [...fetched.findings, ...findings].slice(0, FINDINGS_NAMED)',
    replace: 'findings: [...fetched.findings, ...findings].slice(0, 0 * FINDINGS_NAMED)',
    caughtBy: audited,
  },
  {
    name: 'the audit hands over mail of another UIDVALIDITY than it listed',
    breaks: 'P6',
    file: MAILS,
    find: 'refuseOtherUidValidity(page, range);',
    replace: '',
    caughtBy: ['core/audit/void-uids.test.ts'],
  },
  {
    name: 'the audit’s report is not kept',
    breaks: 'P6',
    file: AUDIT,
    find: 'await watermarks.recordAudit(report);',
    replace: '',
    caughtBy: audited,
  },
  {
    name: 'an audit that failed ends as if nothing had happened',
    breaks: 'P4',
    file: AUDIT,
    find: '    throw error;\n',
    replace: '    return { mailbox, at: clock.now(), ...NO_MAILS, ...NOTHING_STALE };\n',
    caughtBy: audited,
  },
  {
    name: 'a mailbox that does not answer keeps stale alerts waiting',
    breaks: 'P2',
    file: AUDIT,
    find: '        errors.push(error);\n        return nothing;',
    replace: '        if (nothing) throw error;\n        return nothing;',
    caughtBy: audited,
  },
  {
    name: 'alerts that wait too long are told and left there',
    breaks: 'P2',
    file: STALE,
    find: 'await handOver(due, services);',
    replace: '',
    caughtBy: stale,
  },
  {
    name: 'what was handed over an hour ago is stale, and goes to its queue again',
    breaks: 'P3',
    file: STALE,
    find: '(dispatchedAt ?? acceptedAt).getTime() > limitMs',
    replace: 'acceptedAt.getTime() > limitMs',
    caughtBy: stale,
  },
  {
    name: 'unknown mail that lies in the spool is written there again',
    breaks: 'P3',
    file: STALE,
    find: "return spooled.has(mailId) ? 'in the spool' : 'sent';",
    replace: "return spooled.has('') ? 'in the spool' : 'sent';",
    caughtBy: stale,
  },
  {
    name: 'open mail of a mailbox that left the settings is nobody’s',
    breaks: 'P2',
    file: STALE,
    find: 'return mailboxes.includes(mailbox) ? mailbox === audited : audited === mailboxes[0];',
    replace: 'return mailboxes.includes(mailbox) && mailbox === audited;',
    caughtBy: stale,
  },
];
