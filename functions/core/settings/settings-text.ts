import * as z from 'zod';
import { text } from '../fields.ts';

/** The kinds of text in the settings, each with its description and its format. */

const PARAMETER_NAME = /^(?:\/[a-zA-Z0-9_.-]+){1,15}$/;

/** A name in AWS Systems Manager (PutParameter: 15 levels, 1011 characters, not starting with `aws` or `ssm`). */
export function parameterName() {
  return text((value) => PARAMETER_NAME.test(value) && value.length <= 1011 && !/^\/(?:aws|ssm)/i.test(value), {
    what: 'the name of an SSM parameter',
    allowed:
      "Write the name of the parameter that holds the secret, never the secret: '/' and letters, digits, '_', '.', '-', such as '/rollcall/support/password'; not below /aws or /ssm.",
    disclosure: 'secret',
  });
}

/** A Discord id: https://discord.com/developers/docs/reference#snowflakes */
export function snowflake(what: string, disclosure: 'open' | 'secret' = 'open') {
  return text((value) => /^\d{17,20}$/.test(value), {
    what,
    allowed: 'Write its 17 to 20 digits in quotes; Discord copies them with "Copy ID" in developer mode.',
    disclosure,
  });
}

export function emailAddress() {
  return text((value) => z.email().safeParse(value).success, {
    what: 'an email address',
    allowed: "Write one plain address such as 'you@example.com'.",
  });
}

export function hostName() {
  return text((value) => z.hostname().safeParse(value).success || z.ipv6().safeParse(value).success, {
    what: 'a host name',
    allowed: "Write a name or address without scheme and port, such as 'imap.example.com'.",
  });
}

export function identifier(what: string, maxCharacters: number) {
  return text((value) => /^[a-z0-9][a-z0-9-]*$/.test(value) && value.length <= maxCharacters, {
    what,
    allowed: `Allowed: lower-case letters, digits and hyphens, first a letter or digit, at most ${maxCharacters} characters.`,
  });
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** Clear text is for servers on the same machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_HOSTS.has(host);
}

/** A URL that may hold a secret in its path. */
export function httpsUrl(example: string) {
  return text(isSafeUrl, {
    what: 'an https URL',
    allowed: `Write it with https://, such as '${example}'; http:// is for 127.0.0.1, ::1 and localhost only.`,
    disclosure: 'secret',
  });
}

function isSafeUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));
}
