import { systemClock } from '../../functions/adapters/system-clock.ts';
import { cutDisplayedText } from '../../functions/core/mail/displayed-text.ts';
import type { DeadLetters, UnreadableLetter } from '../../functions/core/records/dead-letters.ts';
import type { Clock } from '../../functions/core/time.ts';
import { deadLettersFrom } from '../../functions/wiring/queues.ts';
import type { Command } from './command.ts';
import { CommandError } from './command-error.ts';
import { routesNamed } from './deployment.ts';
import { ago } from './times.ts';

/** Selects every letter. */
const ALL = 'all';

const REASON_CHARACTERS = 300;
const BODY_CHARACTERS = 200;

export const lettersCommand: Command = {
  name: 'letters',
  argument: '[ROUTE]',
  summary: 'shows the dead letters that name no email and cannot be requeued; --remove ID deletes one',
  options: {
    remove: { value: 'ID', what: `deletes the dead letter with this id, or with "${ALL}" every one that it shows` },
  },
  async run({ deployed, named, options: { remove }, print }) {
    const environment = await deployed();
    const services = { deadLetters: deadLettersFrom(environment), clock: systemClock };
    return await letters({ routes: routesNamed(named, environment), removed: remove }, services, print);
  },
};

type LettersServices = { deadLetters: DeadLetters; clock: Clock };

/**
 * Shows or removes the messages of the dead-letter queues that name no email and so cannot be redriven.
 *
 * @param options.routes whose dead letters are shown
 * @param options.removed the id of the one to remove, or `all`; undefined to remove none
 * @returns the exit code: 1 if one that was to be removed is still there
 * @throws CommandError if no route has an unreadable dead letter with that id
 */
export async function letters(
  { routes, removed }: { routes: readonly string[]; removed: string | undefined },
  services: LettersServices,
  print: (line: string) => void,
): Promise<number> {
  let exitCode = 0;
  let isFound = false;
  for (const route of routes) {
    const unreadable = await services.deadLetters.unreadable(route);
    const meant = unreadable.filter(({ messageId }) => removed === ALL || removed === messageId);
    isFound ||= meant.length > 0;
    if (removed === undefined || (removed === ALL && meant.length === 0)) {
      show(route, unreadable, services.clock.now(), print);
    }
    if (!(await areRemoved(route, meant, services, print))) exitCode = 1;
  }
  if (removed === undefined || removed === ALL || isFound) return exitCode;
  throw new CommandError(
    `There is no unreadable dead letter ${removed} of ${routes.join(', ')}. ` +
      'See which there are: npm run rollcall -- letters',
  );
}

function show(route: string, unreadable: readonly UnreadableLetter[], now: Date, print: (line: string) => void): void {
  if (unreadable.length === 0) {
    print(`${route}: no unreadable dead letter`);
    return;
  }
  print(`${route}: unreadable dead letters: ${unreadable.length}`);
  for (const { messageId, sentAt, reason, body } of unreadable) {
    print(`  ${messageId}  sent ${ago(sentAt, now)}`);
    print(`    ${cutDisplayedText(reason, REASON_CHARACTERS)}`);
    print(`    ${cutDisplayedText(body, BODY_CHARACTERS) || '(empty)'}`);
  }
  print(`  To remove one: npm run rollcall -- letters ${route} --remove <id>   (or all of them: --remove ${ALL})`);
}

async function areRemoved(
  route: string,
  meant: readonly UnreadableLetter[],
  { deadLetters }: LettersServices,
  print: (line: string) => void,
): Promise<boolean> {
  let areAll = true;
  for (const { messageId } of meant) {
    const isRemoved = await deadLetters.remove(route, messageId);
    if (!isRemoved) areAll = false;
    print(
      isRemoved
        ? `${route}: removed ${messageId}`
        : `${route}: ${messageId} was not removed: SQS does not show it any more. Another command or a check of the ` +
            `routes may be reading it; see in 5 minutes: npm run rollcall -- letters ${route}`,
    );
  }
  return areAll;
}
