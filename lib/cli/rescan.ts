import { polledMailboxes } from '../../functions/core/settings/polled-mailbox.ts';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import { DAY_MS } from '../../functions/core/time.ts';
import { watermarksFrom } from '../../functions/wiring/dynamo.ts';
import type { Environment } from '../../functions/wiring/environment.ts';
import { CommandError } from './command-error.ts';

/**
 * Has the next poll of a mailbox read again what arrived in the last days. What the ledger knows is recognised there; what
 * it does not know is new, also where it is older than accounting is.
 *
 * @param environment of a deployment
 * @param mailbox undefined means the only one there is
 * @throws CommandError where there is no such mailbox
 */
export async function rescan(
  environment: Environment,
  { mailboxes }: Pick<Settings, 'mailboxes'>,
  { mailbox: named, days, now }: { mailbox: string | undefined; days: number; now: Date },
  print: (line: string) => void,
): Promise<void> {
  const watermarks = watermarksFrom(environment);
  const all = polledMailboxes({ mailboxes }).map(({ mailbox }) => mailbox);
  const mailbox = named ?? (all.length === 1 ? all[0] : undefined);
  if (mailbox === undefined) throw new CommandError(`Name a mailbox with --mailbox. There are: ${all.join(', ')}.`);
  // A local run reads a mailbox that the settings do not name.
  if (!all.includes(mailbox) && !(await watermarks.get(mailbox))) {
    throw new CommandError(`There is no mailbox ${mailbox}. There are: ${all.join(', ')}.`);
  }
  const since = new Date(now.getTime() - days * DAY_MS);
  await watermarks.requestRescan(mailbox, since);
  print(
    `${mailbox}: the next poll reads again what arrived since ${since.toISOString()}. Email that the ledger knows is ` +
      'recognised and not posted again; all other email is handled as new.',
  );
}
