import { isDeepStrictEqual } from 'node:util';
import { composeDigest } from '../../../functions/core/digest/digest.ts';
import { digestMailOf } from '../../../functions/core/digest/view/digest-mail.ts';
import { embedOf } from '../../../functions/core/discord/alert-embed.ts';
import { botTarget, webhookTarget } from '../../../functions/core/discord/discord.ts';
import { packPosts, postOf, reducedPostOf } from '../../../functions/core/discord/post-packing.ts';
import { type Mail, type MailLocation, recordOf } from '../../../functions/core/mail/mail.ts';
import type { RawMail } from '../../../functions/core/mail/raw-mail.ts';
import { readMail, SNIPPET_CHARACTERS } from '../../../functions/core/mail/read-mail.ts';
import { parseQueueMessage, type QueueMessage, queueMessageOf } from '../../../functions/core/records/alert.ts';
import type { NewLedgerEntry } from '../../../functions/core/records/ledger-entry.ts';
import { parseSegment, type SpoolLine, segmentOf } from '../../../functions/core/records/spool.ts';
import type { Classifier } from '../../../functions/core/rules/classify.ts';
import { checkMessage } from '../../../lib/local/discord-stand-in/message-rules.ts';
import { entryOf, factsOf, NOW } from '../../core/digest/digest-fixtures.ts';
import { hold } from '../fuzz-case.ts';

/** A batch of ten messages together: 1 MiB (Amazon SQS API Reference, SendMessageBatch). Most queues took 256 KiB before. */
const QUEUE_MESSAGE_BYTES = 262_144 / 10;

/** Line breaks, controls, half characters, and what turns the direction of text (UAX #9, 2). */
const NOT_SHOWN = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

export type HandlerDependencies = {
  location: MailLocation;
  linkTo: (messageId: string | undefined) => string | undefined;
  classify: Classifier;
  /** Reads the mail twice, fills posts and renders a digest: what one mail in ten is enough for. */
  thorough: boolean;
};

const STYLES = [
  {
    target: botTarget('1', '/rollcall/bot'),
    colour: 1,
    ping: { users: ['7'], roles: [] },
  },
  { target: webhookTarget('/rollcall/hook'), colour: undefined, ping: { users: [], roles: ['8'] } },
] as const;

/** Takes one mail all the way that a mail goes, and holds each station to what it promises. */
export async function checkMail(raw: RawMail, dependencies: HandlerDependencies): Promise<void> {
  const mail = await readMail(raw, dependencies);
  await checkIdentity(mail, raw, dependencies);
  checkShownFields(mail);
  // What the poll makes of an email that has no readable text anywhere.
  checkShownFields(await readMail({ ...raw, isAllFetched: true }, dependencies));
  const { route, rule, reason } = dependencies.classify(mail);
  const { mailId, location } = mail;
  const entry = { mailId, location, route, rule, reason, record: recordOf(mail), acceptedAt: NOW };
  checkShown('the reason', reason ?? '');
  for (const [name, value] of Object.entries(entry.record)) {
    if (name !== 'messageId') checkShown(`the record's ${name}`, value ?? '');
  }
  const alert = checkQueueMessage(entry);
  checkPosts(dependencies.thorough ? Array<QueueMessage>(10).fill(alert) : [alert]);
  const line = checkSpool(entry);
  if (dependencies.thorough) checkDigest(line, entry);
}

/** The mailId is of the header alone: a mail read again with a text from further in is the same mail. */
async function checkIdentity(mail: Mail, raw: RawMail, dependencies: HandlerDependencies): Promise<void> {
  if (dependencies.thorough) {
    const again = await readMail(raw, dependencies);
    hold(again.mailId === mail.mailId, () => `read twice, it is two mails: ${mail.mailId} and ${again.mailId}`);
  }
  if (!raw.text) return;
  const first = await readMail({ ...raw, text: undefined }, dependencies);
  hold(
    first.problem !== undefined || mail.problem !== undefined || first.mailId === mail.mailId,
    () => `with the text of its second fetch it is another mail: ${first.mailId}, then ${mail.mailId}`,
  );
}

function checkShownFields({ snippet, subject, from, to, date, problem }: Mail): void {
  hold(snippet.length <= SNIPPET_CHARACTERS, () => `the snippet has ${snippet.length} characters`);
  checkShown('the snippet', snippet);
  checkShown('the subject', subject);
  for (const { name, address } of [...from, ...to]) checkShown('an address', `${name} ${address}`);
  checkShown('the problem', problem ?? '');
  const time = new Date(date);
  hold(!Number.isNaN(time.getTime()) && time.toISOString() === date, () => `the date is ${JSON.stringify(date)}`);
}

function checkShown(what: string, text: string): void {
  const found = NOT_SHOWN.exec(text);
  hold(found === null, () => `${what} holds U+${found?.[0].codePointAt(0)?.toString(16)} at ${found?.index}`);
}

function checkQueueMessage(entry: NewLedgerEntry): QueueMessage {
  const message = queueMessageOf(entry);
  const body = JSON.stringify(message);
  hold(Buffer.byteLength(body) <= QUEUE_MESSAGE_BYTES, () => `the queue message has ${Buffer.byteLength(body)} bytes`);
  const parsed = parseQueueMessage(body);
  hold(parsed.valid, () => `the queue message is refused: ${parsed.valid ? '' : parsed.reason}`);
  hold(parsed.valid && isDeepStrictEqual(parsed.message, message), () => 'the queue message comes back changed');
  return message;
}

function checkPosts(alerts: readonly QueueMessage[]): void {
  const [alert] = alerts;
  for (const style of STYLES) {
    const packed = packPosts(
      alerts.map((message) => ({ message })),
      style,
    );
    const posts = packed.map((post) =>
      postOf(
        post.map(({ message }) => message),
        style,
      ),
    );
    for (const post of [...posts, reducedPostOf(alert!, style)]) {
      const checked = checkMessage(JSON.stringify(post));
      hold(checked.accepted, () => `Discord refuses a post: ${checked.accepted ? '' : JSON.stringify(checked.answer)}`);
    }
  }
  const { title, description, author, footer } = embedOf(alert!, undefined);
  for (const text of [title, description, author?.name, footer?.text]) checkShown('the embed', text ?? '');
}

function checkSpool(entry: NewLedgerEntry): SpoolLine {
  const { text } = segmentOf(entry.location.mailbox, entry.location.uidValidity, [entry], NOW);
  const { lines, damaged } = parseSegment(text);
  hold(damaged.length === 0, () => `the spool line is damaged: ${damaged[0]?.reason}`);
  const [line] = lines;
  hold(lines.length === 1 && line?.mailId === entry.mailId, () => `the segment has ${lines.length} lines`);
  hold(line?.snippet === entry.record.snippet, () => 'the spool line has another snippet');
  return line!;
}

/** The only tags of a digest are its own; a mail's come out as text. */
const OWN_TAGS = /^(?:!doctype|html|head|meta|title|style|body|table|tbody|thead|tr|td|th|h[1-3]|p|div|span|a|br)$/;
const SCHEMES = /^(?:https?|message):/;

function checkDigest(line: SpoolLine, entry: NewLedgerEntry): void {
  const dead = entryOf({ ...entry, route: 'vip', rule: 'board', reason: null, state: 'dead', acceptedAt: NOW });
  const digest = composeDigest(factsOf({ carried: [line], openAlerts: [dead] }));
  const { subject, text, html } = digestMailOf(digest, 'Europe/Berlin');
  checkShown("the digest's subject", subject);
  checkShown("the digest's text", text.replaceAll('\n', ' '));
  checkShown("the digest's HTML", html.replaceAll('\n', ' '));
  for (const [, tag] of html.matchAll(/<\/?([^\s>/]*)/g)) {
    hold(OWN_TAGS.test(tag!), () => `the digest's HTML has a tag of the mail: <${tag}`);
  }
  for (const [, href] of html.matchAll(/href="([^"]*)"/g)) {
    hold(SCHEMES.test(href!), () => `the digest links to ${href}`);
  }
}
