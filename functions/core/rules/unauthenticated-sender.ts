const MARK = 'not authenticated: ';

/**
 * Why an email is unknown although a rule matched: the rule requires an authenticated sender, and `doubt` speaks
 * against it.
 */
export function unauthenticatedSender(ruleName: string, doubt: string): string {
  return `${MARK}rule "${ruleName}" matched, but ${doubt}`;
}

/** Whether that is the reason, so that a digest can mark an email whose sender may be forged. */
export function isUnauthenticatedSender(reason: string): boolean {
  return reason.startsWith(MARK);
}
