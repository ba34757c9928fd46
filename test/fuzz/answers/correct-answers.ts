import type { ServedMailbox } from './served-mailbox.ts';

export type Command = { tag: string; name: string; text: string };

/** One response each, literals included; the last one is the tagged completion. */
export type Answer = readonly string[];

const CAPABILITIES = 'IMAP4rev1 LITERAL+ SASL-IR LOGIN-REFERRALS ID ENABLE IDLE NAMESPACE UIDPLUS LIST-STATUS';

export const GREETING = `* OK [CAPABILITY ${CAPABILITIES}] ready\r\n`;

/** Reads a command line: its tag, its name (with UID, where it has that), and the rest. */
export function parseCommand(line: string): Command {
  const [, tag = '', name = '', text = ''] = /^(\S+) ((?:UID )?\S+) ?(.*)$/i.exec(line) ?? [];
  return { tag, name: name.toUpperCase(), text };
}

/** What a server that does everything right would answer; written after Dovecot 2.3. */
export function correctAnswer({ tag, name, text }: Command, mailbox: ServedMailbox): Answer {
  const untagged = untaggedResponses(name, text, mailbox);
  if (!untagged) return [`${tag} BAD Unknown command ${name}\r\n`];
  const code = name === 'EXAMINE' ? '[READ-ONLY] ' : name === 'LOGIN' ? `[CAPABILITY ${CAPABILITIES}] ` : '';
  return [...untagged.map((response) => `* ${response}\r\n`), `${tag} OK ${code}${name} completed.\r\n`];
}

function untaggedResponses(name: string, text: string, mailbox: ServedMailbox): string[] | undefined {
  const { uidValidity, uidNext, mails } = mailbox;
  switch (name) {
    case 'CAPABILITY':
      return [`CAPABILITY ${CAPABILITIES}`];
    case 'LOGIN':
    case 'NOOP':
      return [];
    case 'LOGOUT':
      return ['BYE Logging out'];
    case 'ID':
      return ['ID ("name" "Dovecot")'];
    case 'NAMESPACE':
      return ['NAMESPACE (("" "/")) NIL NIL'];
    case 'LIST':
    case 'LSUB':
      return [`${name} (\\HasNoChildren) "/" INBOX`];
    case 'STATUS':
      return [`STATUS INBOX (UIDNEXT ${uidNext} UIDVALIDITY ${uidValidity})`];
    case 'EXAMINE':
      return [
        'FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Work)',
        'OK [PERMANENTFLAGS ()] Read-only mailbox.',
        `${mails.length} EXISTS`,
        '0 RECENT',
        `OK [UIDVALIDITY ${uidValidity}] UIDs valid`,
        `OK [UIDNEXT ${uidNext}] Predicted next UID`,
      ];
    case 'UID FETCH':
      return fetched(text, mailbox);
    default:
      return undefined;
  }
}

/** The uid from which a FETCH lists all email; undefined where it lists none. */
export function listedFrom({ name, text }: Command): number | undefined {
  const from = name === 'UID FETCH' && /^(\d+):\*/.exec(text)?.[1];
  return from ? Number(from) : undefined;
}

function inSet(set: string): (uid: number) => boolean {
  const ranges = set.split(',').map((part) => {
    const [first, last = first] = part.split(':').map((end) => (end === '*' ? Number.POSITIVE_INFINITY : Number(end)));
    return { first: first!, last: last! };
  });
  return (uid) => ranges.some(({ first, last }) => first <= uid && uid <= last);
}

function fetched(text: string, { mails }: ServedMailbox): string[] {
  const [, set = '', wanted = ''] = /^(\S+) \(?(.*?)\)?$/.exec(text) ?? [];
  const isAsked = inSet(set);
  const last = mails.at(-1)?.uid;
  const items = wanted.match(/BODY\.PEEK\[[^\]]*\](?:<[\d.]+>)?|\S+/g) ?? [];
  return mails.flatMap(({ uid, items: known }, index) => {
    // `n:*` always means the last email too (RFC 3501, 6.4.8).
    if (!isAsked(uid) && !(set.endsWith('*') && uid === last)) return [];
    const named = items.map((item) => itemOf(item, known));
    return [`${index + 1} FETCH (${[...new Set([`UID ${known.get('UID')}`, ...named])].join(' ')})`];
  });
}

function itemOf(item: string, known: ReadonlyMap<string, string>): string {
  const [, section, origin] = /^BODY\.PEEK\[([^\]]*)\](?:<(\d+))?/.exec(item) ?? [];
  if (section === undefined) return `${item} ${known.get(item) ?? 'NIL'}`;
  const key = section.startsWith('HEADER') ? 'HEADER' : section;
  return `BODY[${section}]${origin === undefined ? '' : `<${origin}>`} ${known.get(key) ?? 'NIL'}`;
}
