import { systemClock } from '../../functions/adapters/system-clock.ts';
import { groupBy } from '../../functions/core/group-by.ts';
import { cutText, displayedText } from '../../functions/core/mail/displayed-text.ts';
import { recordOf } from '../../functions/core/mail/mail.ts';
import type { MailReader } from '../../functions/core/mail/mail-reader.ts';
import { receivedSince } from '../../functions/core/poll/listing.ts';
import { MAILS_PER_PAGE } from '../../functions/core/poll/poll-limits.ts';
import { compileRules } from '../../functions/core/rules/classify.ts';
import { authservIdsOf, polledMailboxes } from '../../functions/core/settings/polled-mailbox.ts';
import type { MailboxSettings, Settings } from '../../functions/core/settings/settings-schema.ts';
import { type Clock, DAY_MS } from '../../functions/core/time.ts';
import { mailReadersFrom } from '../../functions/wiring/mail-readers.ts';
import type { Command } from './command.ts';
import { CommandError } from './command-error.ts';
import { daysIn, daysOption } from './days.ts';

export const previewCommand: Command = {
  name: 'preview',
  summary: 'reads the email of the last days and shows where each would go; stores and posts nothing',
  options: { days: daysOption('how far back it looks') },
  async run({ environment, isLocal, settings: load, options: { days }, print }) {
    if (isLocal) {
      throw new CommandError('preview reads the mailboxes of the settings; a local run prints its email itself.');
    }
    const settings = await load();
    await preview(
      settings,
      daysIn(days),
      { readerOf: mailReadersFrom(environment, settings), clock: systemClock },
      print,
    );
    return 0;
  },
};

type PreviewServices = { readerOf: (account: MailboxSettings) => MailReader; clock: Clock };

const FROM_CHARACTERS = 40;
const SUBJECT_CHARACTERS = 80;

/**
 * Reads the email of the last days and prints which rule would send each one where, then the sums. The mailbox is only
 * read; nothing is stored or posted.
 *
 * @throws MailboxFailure if a mailbox cannot be read
 */
export async function preview(
  settings: Settings,
  days: number,
  { readerOf, clock }: PreviewServices,
  print: (line: string) => void,
): Promise<void> {
  const classify = compileRules(settings.routes, { authservIdOf: authservIdsOf(settings) });
  const since = new Date(clock.now().getTime() - days * DAY_MS);
  const seen: string[] = [];
  for (const { account, folder } of polledMailboxes(settings)) {
    await readerOf(account).visit(folder, async (session) => {
      const uids = receivedSince(await session.list(0), since).map(({ uid }) => uid);
      for await (const page of session.pages(uids, MAILS_PER_PAGE)) {
        for (const mail of page.mails) {
          const { route, rule, reason } = classify(mail);
          const { from, subject } = recordOf(mail);
          seen.push(route);
          const columns = [
            `${route} (${rule ?? reason})`,
            cutText(displayedText(from), FROM_CHARACTERS),
            cutText(displayedText(subject), SUBJECT_CHARACTERS),
          ];
          print(columns.join('  '));
        }
      }
    });
  }
  const sums = [...groupBy(seen, (route) => route)].map(([route, found]) => `${found.length} ${route}`);
  print(`${seen.length} emails of the last ${days} days${sums.length > 0 ? `: ${sums.join(', ')}` : ''}.`);
}
