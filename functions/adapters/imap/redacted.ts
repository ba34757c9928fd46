import { cutDisplayedText } from '../../core/mail/displayed-text.ts';

const WORDS_CHARACTERS = 300;

/**
 * A text from a server or provider, safe to show: on one line, without controls, and without the secrets that were sent
 * to it, in any form.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  let cleaned = text;
  for (const secret of secrets.filter((one) => one !== '')) {
    for (const form of formsOf(secret)) cleaned = cleaned.replaceAll(form, '…');
  }
  return cutDisplayedText(cleaned, WORDS_CHARACTERS);
}

/**
 * Unchanged, in a quoted string (RFC 3501, 4.3), in a form (application/x-www-form-urlencoded), in a URL, and in
 * base64.
 */
function formsOf(secret: string): string[] {
  const inForm = new URLSearchParams({ s: secret }).toString().slice('s='.length);
  const quoted = secret.replaceAll(/[\\"]/g, '\\$&');
  const forms = [secret, quoted, inForm, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  // The longest first: a shorter one may be a part of it.
  return [...new Set(forms)].sort((one, other) => other.length - one.length);
}
