import { systemClock } from '../../functions/adapters/system-clock.ts';
import { polledMailboxes } from '../../functions/core/settings/polled-mailbox.ts';
import { DAY_MS } from '../../functions/core/time.ts';
import { watermarksFrom } from '../../functions/wiring/dynamo.ts';
import type { Command } from './command.ts';
import { CommandError } from './command-error.ts';
import { daysIn, daysOption } from './days.ts';

/**
 * Makes the next poll of a mailbox read the email of the last days again. Email in the ledger is recognised; any other
 * email is new, even if it is older than accounting.
 */
export const rescanCommand: Command = {
  name: 'rescan',
  summary: 'makes the next poll of a mailbox read the last days again; known email is not posted again',
  options: {
    days: daysOption('how far back the poll looks'),
    mailbox: { value: 'NAME', what: 'the mailbox, such as support/INBOX; needed where there are several' },
  },
  async run({ deployed, settings, options: { days, mailbox: named }, print }) {
    const watermarks = watermarksFrom(await deployed());
    const all = polledMailboxes(await settings()).map(({ mailbox }) => mailbox);
    const mailbox = named ?? (all.length === 1 ? all[0] : undefined);
    if (mailbox === undefined) throw new CommandError(`Name a mailbox with --mailbox. There are: ${all.join(', ')}.`);
    // A local run reads a mailbox that is not in the settings.
    if (!all.includes(mailbox) && !(await watermarks.get(mailbox))) {
      throw new CommandError(`There is no mailbox ${mailbox}. There are: ${all.join(', ')}.`);
    }
    const since = new Date(systemClock.now().getTime() - daysIn(days) * DAY_MS);
    await watermarks.requestRescan(mailbox, since);
    print(
      `${mailbox}: the next poll reads again what arrived since ${since.toISOString()}. Email that the ledger knows is ` +
        'recognised and not posted again; all other email is handled as new.',
    );
    return 0;
  },
};
