import { randomUUID } from 'node:crypto';
import { imapMailReader } from '../../../functions/adapters/imap/mail-reader.ts';
import { mailIdOf } from '../../../functions/core/mail/mail.ts';
import type { MailReader } from '../../../functions/core/mail/mail-reader.ts';
import { MailboxFailure } from '../../../functions/core/mail/mailbox-failure.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import type { StartFrom } from '../../../functions/core/poll/watermark-start.ts';
import { polledMailbox, testWorld } from '../../test-world.ts';
import { hold, Violation } from '../fuzz-case.ts';
import { isDenied } from './denied-mail.ts';
import type { Exchange, Script, ScriptedServer } from './scripted-server.ts';
import type { ServedMailbox } from './served-mailbox.ts';

const MAILBOX = 'support/INBOX';
const NOW = new Date('2026-03-02T09:00:00.000Z');

/** The reader's time limit for one exchange with the server. */
const EXCHANGE_MS = 120;
/** A server that does everything right is never too late, however busy the machine is. */
const PATIENT_MS = 10_000;
/** What a poll may take beyond the time that it may wait for the server. */
const OVERTIME_MS = 1_000;
const REMAINING_MS = 300_000;

export type PollPlan = {
  startFrom: StartFrom;
  /** How many of the mailbox's first emails an earlier poll has handed over. */
  known: number;
  /** What the server answers at first; after that it answers as it should. */
  script: Script;
  honest: Script;
  isMutated: boolean;
};

/**
 * Polls a server with a script, then the same server without its faults, and holds both polls to the promises: no uid is
 * skipped, no poll hangs, no connection is left, every failure has its kind, and the next poll makes up for the first.
 */
export async function checkPolls(plan: PollPlan, server: ScriptedServer): Promise<void> {
  const { mailbox } = plan.script;
  const world = newWorld(plan.startFrom);
  const firsts = mailbox.mails.slice(0, plan.known);
  if (firsts.length > 0) {
    server.follow({ ...plan.honest, mailbox: { ...mailbox, mails: firsts, uidNext: firsts.at(-1)!.uid + 1 } });
    await mustSucceed(world, readerOf(server, PATIENT_MS), 'the poll before');
  }

  server.follow(plan.script);
  const failure = await timed(server, plan.isMutated, () =>
    poll(world, readerOf(server, plan.isMutated ? EXCHANGE_MS : PATIENT_MS)),
  );
  const said = server.transcript();
  hold(plan.isMutated || failure === undefined, () => `a poll without any fault failed: ${failure?.message}`);
  await checkNothingSkipped(world, mailbox, said, failure);

  server.follow(plan.honest);
  await mustSucceed(world, readerOf(server, PATIENT_MS), 'the poll after');
  await checkNothingSkipped(world, mailbox, said, undefined);
  await checkAllAccounted(world, mailbox, said);
}

type World = ReturnType<typeof newWorld>;

function newWorld(startFrom: StartFrom) {
  return { polled: polledMailbox({ mailbox: MAILBOX, startFrom }), services: testWorld({ now: NOW }).services };
}

function readerOf({ port }: ScriptedServer, exchangeTimeoutMs: number): MailReader {
  return imapMailReader({
    account: {
      account: 'support',
      host: '127.0.0.1',
      port,
      tls: 'off',
      allowSelfSignedCertificate: false,
      user: 'fuzz',
    },
    credentials: async () => ({ pass: 'secret' }),
    headerFields: ['list-id'],
    exchangeTimeoutMs,
  });
}

/** Resolves to the failure, which has to be one that the reader names. */
async function poll({ polled, services }: World, reader: MailReader): Promise<MailboxFailure | undefined> {
  try {
    // A person stores the secret again before each poll, which ends the pause after a refused login.
    const login = { version: async () => randomUUID() };
    await pollMailbox(polled, { ...services, reader, login }, () => REMAINING_MS);
    return undefined;
  } catch (error) {
    if (error instanceof MailboxFailure) return error;
    throw new Violation(`the poll failed with an error that has no kind: ${stackOf(error)}`);
  }
}

async function mustSucceed(world: World, reader: MailReader, which: string): Promise<void> {
  const failure = await poll(world, reader);
  hold(failure === undefined, () => `${which} met no fault and failed: ${failure?.kind}: ${failure?.message}`);
}

/** Waits as long as the server may take, plus the overtime for itself; leaves no connection open. */
async function timed<Result>(server: ScriptedServer, isMutated: boolean, run: () => Promise<Result>): Promise<Result> {
  const begin = performance.now();
  const result = await run();
  const tookMs = performance.now() - begin;
  // Each command is waited for once at most, and so are the connection and the last answer, each on both logins.
  const allowedMs = isMutated ? (server.transcript().length + 4) * EXCHANGE_MS + OVERTIME_MS : PATIENT_MS;
  hold(tookMs <= allowedMs, () => `the poll took ${Math.round(tookMs)} ms, ${allowedMs} would be long enough`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), OVERTIME_MS);
  });
  const isOpen = await Promise.race([server.deserted().then(() => false), late]);
  clearTimeout(timer);
  hold(!isOpen, () => 'the poll ended and left its connection open');
  return result;
}

/**
 * P1: everything at or below the watermark is in the ledger, unless the server itself denied, in valid IMAP, that it
 * exists.
 */
async function checkNothingSkipped(
  world: World,
  { mails }: ServedMailbox,
  said: readonly Exchange[],
  failure: MailboxFailure | undefined,
): Promise<void> {
  const { watermark } = (await world.services.watermarks.get(MAILBOX)) ?? {};
  if (!watermark) return;
  const accounted = accountedIn(world);
  const skipped = mails.filter(
    (mail) => mail.uid <= watermark.lastUid && !accounted.has(mail.uid) && !accounted.has(idOf(mail)),
  );
  const lost = skipped.filter(({ uid }) => !isDenied(uid, said));
  hold(
    lost.length === 0,
    () =>
      `uid ${lost[0]?.uid} is skipped: the watermark is at ${watermark.lastUid}, ${failure ? `the poll failed (${failure.message})` : 'the poll succeeded'}`,
  );
}

/** After a poll without faults, all that the mailbox holds is accounted for, also above the watermark. */
async function checkAllAccounted(world: World, { mails }: ServedMailbox, said: readonly Exchange[]): Promise<void> {
  const accounted = accountedIn(world);
  const missing = mails.find(
    (mail) => !accounted.has(mail.uid) && !accounted.has(idOf(mail)) && !isDenied(mail.uid, said),
  );
  hold(missing === undefined, () => `uid ${missing?.uid} is missing, although the next poll met no fault`);
}

function accountedIn({ services }: World): ReadonlySet<number | string> {
  return new Set(services.ledger.entries().flatMap(({ mailId, location }) => [mailId, location.uid]));
}

function idOf({ uid, identity }: ServedMailbox['mails'][number]): string {
  return mailIdOf('support', { mailbox: MAILBOX, uidValidity: '', uid }, identity);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? `${error.stack}` : String(error);
}
