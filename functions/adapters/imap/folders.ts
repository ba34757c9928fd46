import type { ListResponse } from 'imapflow';
import { cutDisplayedText } from '../../core/mail/displayed-text.ts';
import { type ExistingFolder, MailboxFailure } from '../../core/mail/mailbox-failure.ts';
import type { ImapConnection } from './connection.ts';

/** STATUS is one exchange per folder; the renamed folder is nearly always among this many. */
const FOLDERS_ASKED = 50;

const FOLDERS_NAMED = 20;
const NAME_CHARACTERS = 80;

/**
 * The same failure of a folder that does not exist, with the folders that do.
 *
 * @param connection which the refusal left open
 */
export async function withExistingFolders(
  failure: MailboxFailure,
  connection: ImapConnection,
): Promise<MailboxFailure> {
  try {
    const existingFolders = await readFolders(connection);
    const text = `${failure.message}. ${foldersText(existingFolders)}`;
    return new MailboxFailure(failure.kind, text, { cause: failure, existingFolders });
  } catch (error) {
    if (!(error instanceof MailboxFailure)) throw error;
    const text = `${failure.message}. The folders that exist could not be listed (${error.message})`;
    return new MailboxFailure(failure.kind, text, { cause: failure });
  }
}

async function readFolders(connection: ImapConnection): Promise<ExistingFolder[]> {
  const listed = await connection.exchange('LIST', (client) => client.list());
  const names = listed.filter(isSelectable).map(({ path }) => path);
  const folders: ExistingFolder[] = [];
  for (const name of names.slice(0, FOLDERS_ASKED)) folders.push(await numbersOf(name, connection));
  return [...folders, ...names.slice(FOLDERS_ASKED).map(unnumbered)];
}

/** RFC 3501, 7.2.2, and RFC 5258, 3: a name without a folder. */
function isSelectable({ flags }: ListResponse): boolean {
  return !flags.has('\\Noselect') && !flags.has('\\NonExistent');
}

async function numbersOf(name: string, connection: ImapConnection): Promise<ExistingFolder> {
  try {
    const { uidValidity, uidNext } = await connection.exchange(
      'STATUS',
      (client) => client.status(name, { uidNext: true, uidValidity: true }),
      { refusalMeans: 'folder', staysOpenIfRefused: true },
    );
    return { name, uidValidity: uidValidity === undefined ? undefined : String(uidValidity), uidNext };
  } catch (error) {
    // A folder that is listed but closed to this user.
    if (error instanceof MailboxFailure && error.kind === 'folder') return unnumbered(name);
    throw error;
  }
}

function unnumbered(name: string): ExistingFolder {
  return { name, uidValidity: undefined, uidNext: undefined };
}

function foldersText(folders: readonly ExistingFolder[]): string {
  if (folders.length === 0) return 'The server lists no folders';
  const names = folders.slice(0, FOLDERS_NAMED).map(({ name }) => cutDisplayedText(name, NAME_CHARACTERS));
  const more = folders.length - names.length;
  return `There are: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
