import { type Fault, property } from '../fault.ts';

/** Faults in keeping secrets, and email, to those who may know them. */
export const secretFaults: readonly Fault[] = [
  {
    name: 'the token that Discord repeats to a probe is kept',
    breaks: 'secrets',
    find: "$ANSWER.kind === 'http' && $WEBHOOK ? { ...$ANSWER, body: JSON.stringify($WEBHOOK) } : $ANSWER",
    replace: '$ANSWER',
    caughtBy: ['adapters/discord/targets.test.ts'],
  },
  {
    name: 'a secret that an OAuth provider repeats is in the text of the failure',
    breaks: 'secrets',
    find: '[$FORM.client_secret, $FORM.refresh_token]',
    replace: '[$FORM.client_secret]',
    caughtBy: ['adapters/imap/oauth-tokens.test.ts'],
  },
  {
    name: 'a password that a mail server repeats is in the text of the failure',
    breaks: 'secrets',
    find: "$CLEANED.replaceAll($FORM, '…')",
    replace: '$CLEANED',
    caughtBy: ['adapters/imap/servers-as-they-are.test.ts'],
  },
  {
    name: 'a subject is in a log line',
    breaks: 'secrets',
    find: {
      pattern: 'return $LINE;',
      follows: { kind: 'lexical_declaration', regex: '\\} = event\\w*\\.entry;$' },
    },
    where: { LINE: { kind: 'object' } },
    replace: (text) =>
      text.replace('{', '{ subject: (event as { entry: { record: { subject: string } } }).entry.record.subject,'),
    caughtBy: ['adapters/json-journal.test.ts'],
  },
  {
    name: 'the password goes over an open line where STARTTLS is not offered',
    breaks: 'secrets',
    find: property('doSTARTTLS: $WHEN'),
    replace: '...{}',
    caughtBy: ['adapters/imap/login.test.ts'],
  },
];
