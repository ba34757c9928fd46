const MARK = 'not authenticated: ';

/** Why a mail is unknown although a rule matched: the rule asks for an authenticated sender, and `doubt` is against it. */
export function unauthenticatedSender(ruleName: string, doubt: string): string {
  return `${MARK}rule "${ruleName}" matched, but ${doubt}`;
}

/** Whether that is the reason, so that a digest can mark a mail whose sender may be forged. */
export function isUnauthenticatedSender(reason: string): boolean {
  return reason.startsWith(MARK);
}
