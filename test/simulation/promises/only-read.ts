import { PINGED_USER } from '../simulated-settings.ts';
import type { Broken } from './broken.ts';
import type { View } from './view.ts';

/** P8: nobody even asks the mailbox for anything but reading. */
export function onlyRead({ writesToMailbox }: View): Broken[] {
  return writesToMailbox.map((call) => ({ promise: 'P8', what: `the mailbox was asked to ${call}` }));
}

/** P9: no mail pings anyone, breaks out of the digest, or writes a header of it. */
export function hostileHeld({ posts, digests }: View): Broken[] {
  const pinged = posts.filter(
    ({ message }) =>
      message.mention_everyone ||
      message.mention_roles.length > 0 ||
      message.mentions.some(({ id }) => id !== PINGED_USER),
  );
  const broken = digests.filter(
    ({ mail }) => /<script|<img|<i>|<b>|<style>\*/i.test(mail.html) || /[\r\n]/.test(mail.subject),
  );
  return [
    ...pinged.map(
      ({ messageId }) => ({ promise: 'P9', what: `message ${messageId} pings whom a mail names` }) as const,
    ),
    ...broken.map(({ invocation }) => ({ promise: 'P9', what: `a mail breaks out of ${invocation.id}` }) as const),
  ];
}
