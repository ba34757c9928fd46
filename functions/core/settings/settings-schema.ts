import * as z from 'zod';
import { fields, listOf } from '../fields.ts';
import { digestSchema } from './digest-schema.ts';
import { mailboxSchema } from './mailbox-schema.ts';
import { routeSchema } from './route-schema.ts';
import { emailAddress, httpsUrl } from './settings-text.ts';

export type { DigestSettings } from './digest-schema.ts';
export type { MailboxSettings } from './mailbox-schema.ts';
export type { RouteSettings } from './route-schema.ts';

export const settingsSchema = fields('the settings', {
  /** The inboxes to watch. */
  mailboxes: listOf(mailboxSchema, { what: 'at least one mailbox in [ ]', unique: 'account' }),
  /** Where email goes, in order; email that no route takes is `unknown` and is listed in the digest. */
  routes: listOf(routeSchema, { what: 'the routes in [ ]', least: 0, unique: 'id' }),
  /** The email with everything that no route took, and the state of the pipeline. */
  digest: digestSchema,
  /** Who is notified by email when something fails. */
  alarms: fields('the alarms', { email: emailAddress() }),
  /** Requested after each successful run, so that an external monitor notices silence. */
  heartbeatUrl: httpsUrl('https://monitor.example.com/ping').optional(),
});

/** The settings as a user writes them. */
export type SettingsInput = z.input<typeof settingsSchema>;

/** The settings as Rollcall reads them: complete, normalised, with all defaults. */
export type Settings = z.output<typeof settingsSchema>;

/** Enough of any value to find the rules that require authenticated senders; indexes are preserved. */
const listOfAny = z.array(z.unknown()).catch([]);
const anyObject = z.looseObject({}).catch({});
const glanceSchema = z.looseObject({ mailboxes: listOfAny, routes: listOfAny }).catch({ mailboxes: [], routes: [] });

export type SettingsProblem = { path: readonly PropertyKey[]; message: string };

/** Rules that require authenticated senders while a mailbox does not name its receiver. Accepts any value. */
export function problemsOfAuthentication(value: unknown): SettingsProblem[] {
  const { mailboxes, routes } = glanceSchema.parse(value);
  const unnamed = mailboxes.findIndex((mailbox) => anyObject.parse(mailbox).authservId === undefined);
  if (unnamed < 0) return [];
  return routes.flatMap((route, routeIndex) =>
    listOfAny.parse(anyObject.parse(route).rules).flatMap((rule, ruleIndex) => {
      if (anyObject.parse(rule).authenticated !== true) return [];
      const message = `is true, but mailboxes[${unnamed}] has no authservId. Write there the authserv-id of your receiver's own Authentication-Results header.`;
      return [{ path: ['routes', routeIndex, 'rules', ruleIndex, 'authenticated'], message }];
    }),
  );
}

/**
 * Accounts that are a former id of another account and are still polled themselves: their email would count as that
 * account's.
 */
export function problemsOfFormerAccounts(value: unknown): SettingsProblem[] {
  const { mailboxes } = glanceSchema.parse(value);
  const accounts = mailboxes.map((mailbox) => anyObject.parse(mailbox));
  return accounts.flatMap(({ formerly }, index) => {
    const former = listOfAny.parse(Array.isArray(formerly) ? formerly : [formerly]);
    const polled = accounts.findIndex(({ account }) => account !== undefined && former.includes(account));
    if (polled < 0) return [];
    const message = `names the account of mailboxes[${polled}], which is still polled. Remove it in one of the two places.`;
    return [{ path: ['mailboxes', index, 'formerly'], message }];
  });
}
