import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { ChangeMessageVisibilityCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { vi } from 'vitest';
import { CARRIED_BYTES, MAILS_SHOWN } from '../../../../functions/core/digest/limits.ts';
import { queueMessageOf } from '../../../../functions/core/records/alert.ts';
import type { LedgerEntry } from '../../../../functions/core/records/ledger-entry.ts';
import { segmentOf } from '../../../../functions/core/records/spool.ts';
import type { Restart } from '../../../../functions/core/records/watermark.ts';
import type { SettingsInput } from '../../../../functions/core/settings/settings-schema.ts';
import { ledgerFrom, watermarksFrom } from '../../../../functions/wiring/dynamo.ts';
import { spoolFrom } from '../../../../functions/wiring/spool.ts';
import { sampleEntry } from '../../../contracts/sample-entry.ts';
import { HANG_MS } from '../../../hang-limit.ts';
import type { RecordedCall } from './recorded-calls.ts';
import { startFunctions } from './recorded-functions.ts';
import { type RecordedWorld, ROUTES, SUPPORT_PASSWORD, startRecordedWorld } from './recorded-world.ts';

const WHILE = { timeout: HANG_MS, interval: 20 };
const NOTHING = async () => undefined;
const MAILBOX = 'support/INBOX';

/** All that happened, and under which settings. */
export type Story = {
  calls: readonly RecordedCall[];
  calledMethods: ReadonlyMap<string, ReadonlySet<string>>;
  input: SettingsInput;
  /** The branches that the story has to play, and how often each was. */
  branches: Readonly<Record<string, number>>;
};

/**
 * Everything that the functions do in their lives, one chapter after the other. Real handlers on embedded servers.
 */
export async function liveThroughEverything(): Promise<Story> {
  const world = await startRecordedWorld();
  try {
    const stage = stageIn(world);
    await aPasswordIsRefused(stage);
    await mailComes(stage);
    await aProviderGivesNoToken(stage);
    await aQueueBringsWhatIsSettledOrUnreadable(stage);
    await targetsDieAndHeal(stage);
    await discordAndTheOperatorsPathsDoNotAnswer(stage);
    await digestsAreSent(stage);
    await uidsAreVoid(stage);
    await theAuditFindsWhatIsMissing(stage);
    await discordAsksForPatience(stage);
    return {
      calls: world.recorder.calls,
      calledMethods: world.recorder.calledMethods,
      input: world.input,
      branches: branchesOf(stage),
    };
  } finally {
    await world.stop();
  }
}

/** The world, its functions, and what a chapter can do to them; nothing of it is recorded. */
function stageIn(world: RecordedWorld) {
  const { recorder, imap, aws, environment, sqs, dynamo } = world;
  const functions = startFunctions(world);
  const { journal } = functions;
  const ledger = ledgerFrom(environment);
  const acceptedMailIds = () => journal.of('mail accepted').map(({ entry }) => entry.mailId);

  const known = async (state: LedgerEntry['state'], route: string): Promise<LedgerEntry[]> => {
    const entries = [...(await ledger.find(acceptedMailIds())).values()];
    return entries.filter((entry) => entry.state === state && entry.route === route);
  };

  /** Posters that are faster than the sender: the alerts are settled before they are marked as sent. */
  const untilPosted = async ({ command, input: { Entries } }: RecordedCall) => {
    if (command !== 'SendMessageBatchCommand') return;
    const mailIds = (Entries as { MessageBody: string }[]).map(({ MessageBody }) => JSON.parse(MessageBody).mailId);
    await vi.waitFor(async () => {
      const open = [...(await ledger.find(mailIds)).values()].filter(({ state }) => state !== 'settled');
      if (open.length > 0) throw new Error(`${open.length} alerts are not settled yet`);
    }, WHILE);
  };

  return {
    ...world,
    ...functions,
    ledger,
    watermarks: watermarksFrom(environment),
    spool: spoolFrom(environment),
    acceptedMailIds,
    known,
    deliver: (...subjects: string[]) => {
      for (const subject of subjects) imap.deliver(mail(subject));
    },
    waitFor: (count: number, state: LedgerEntry['state']) =>
      vi.waitFor(async () => {
        for (const route of ROUTES) {
          const found = (await known(state, route)).length;
          if (found !== count) throw new Error(`${found} alerts of ${route} are ${state}, not ${count} yet`);
        }
      }, WHILE),
    put: (queueUrl: string | undefined, body: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueUrl ?? '', MessageBody: body })),
    forget: (mailId: string) =>
      dynamo.send(new DeleteItemCommand({ TableName: environment.LEDGER_TABLE, Key: marshall({ mailId }) })),
    forgetWatermark: (mailbox: string) =>
      dynamo.send(new DeleteItemCommand({ TableName: environment.WATERMARKS_TABLE, Key: marshall({ mailbox }) })),
    async whilePostersAreFaster(run: () => Promise<unknown>) {
      recorder.after(untilPosted);
      await run();
      recorder.after(NOTHING);
    },
    queueUrlOf: (route: string) => aws.queueUrls[route],
    deadLetterQueueUrlOf: (route: string) => aws.deadLetterQueueUrls[route],
  };
}

type Stage = ReturnType<typeof stageIn>;

async function aPasswordIsRefused({ parameters, poll }: Stage): Promise<void> {
  parameters.put(SUPPORT_PASSWORD, 'wrong');
  await poll(MAILBOX).catch(() => undefined);
  await poll(MAILBOX).catch(() => undefined);
  parameters.put(SUPPORT_PASSWORD, 'right');
}

async function mailComes({ deliver, poll, waitFor, whilePostersAreFaster }: Stage): Promise<void> {
  const unknown = Array.from({ length: MAILS_SHOWN + 1 }, (_, index) => `nothing ${index}`);
  deliver('vip 1', 'stripe 1', ...unknown);
  await whilePostersAreFaster(async () => {
    await poll(MAILBOX);
    await waitFor(1, 'settled');
  });
}

async function aProviderGivesNoToken({ poll, audit, watermarks }: Stage): Promise<void> {
  await poll('billing/INBOX').catch(() => undefined);
  await watermarks.create({
    mailbox: 'billing/INBOX',
    uidValidity: '1',
    lastUid: 1,
    baselineUid: 0,
    beganAt: new Date(0),
    accountedSince: undefined,
    restart: undefined,
  });
  await audit('billing/INBOX').catch(() => undefined);
}

async function aQueueBringsWhatIsSettledOrUnreadable({ known, put, queueUrlOf }: Stage): Promise<void> {
  for (const route of ROUTES) {
    const [again] = await known('settled', route);
    if (again) await put(queueUrlOf(route), JSON.stringify(queueMessageOf(again)));
    await put(queueUrlOf(route), 'not a message');
  }
}

async function targetsDieAndHeal(stage: Stage): Promise<void> {
  const { discord, deliver, poll, check, waitFor, known, put, forget, deadLetterQueueUrlOf } = stage;
  discord.faults.add({ outcome: { kind: 'answer', status: 403, code: 50_001 } });
  deliver('vip 2', 'stripe 2');
  await poll(MAILBOX);
  await waitFor(1, 'dead');
  await check();

  // A letter is all that is left of an alert that the ledger has lost. Then the targets recover.
  for (const route of ROUTES) {
    const [lost] = await known('settled', route);
    if (!lost) throw new Error(`No alert of ${route} is settled.`);
    await put(deadLetterQueueUrlOf(route), JSON.stringify(queueMessageOf(lost)));
    await forget(lost.mailId);
  }
  discord.faults.clear();
  stage.setOperatorPaths('open');
  await stage.whilePostersAreFaster(async () => {
    await check();
    await waitFor(1, 'settled');
  });
}

/** A target that does not answer is unknown; the check reports that by failing, after it has checked everything. */
async function discordAndTheOperatorsPathsDoNotAnswer({ discord, check, setOperatorPaths }: Stage): Promise<void> {
  discord.faults.add({ outcome: { kind: 'answer', status: 503 } });
  setOperatorPaths('away');
  await check().catch(() => undefined);
  discord.faults.clear();
  setOperatorPaths('open');
}

async function digestsAreSent({ deliver, poll, digest, spool }: Stage): Promise<void> {
  await digest();
  deliver('nothing more');
  await poll(MAILBOX);
  // More than one e-mail carries.
  const lineBytes = 90_000;
  const entries = Array.from({ length: Math.ceil(CARRIED_BYTES / lineBytes) }, () => {
    const entry = sampleEntry({ route: 'unknown' });
    return { ...entry, record: { ...entry.record, to: 'a'.repeat(lineBytes) } };
  });
  await spool.write(segmentOf(MAILBOX, '1', entries, new Date()));
  await digest();
}

/** Renumbered under a new UIDVALIDITY, UIDNEXT gone back under the same one, and the watermark lost. */
async function uidsAreVoid(stage: Stage): Promise<void> {
  const { imap, deliver, poll, audit, watermarks, ledger, acceptedMailIds, forgetWatermark } = stage;
  imap.deliver(Buffer.from('From: door@example.com\r\nSubject: nothing with an id\r\n\r\nOpen\r\n'));
  await poll(MAILBOX);
  imap.setUidValidity(2);
  await poll(MAILBOX);
  // As if no poll had read it again, so that the audit relocates it.
  const [known] = [...(await ledger.find(acceptedMailIds())).values()].filter(
    ({ location }) => location.mailbox === MAILBOX && location.uidValidity === '2',
  );
  if (!known) throw new Error('No poll has read an email again.');
  const { mailId, location, fingerprint } = known;
  await ledger.relocate(mailId, location, { location: { ...location, uidValidity: '1' }, fingerprint });
  await audit(MAILBOX);

  const { watermark } = (await watermarks.get(MAILBOX)) ?? {};
  if (!watermark) throw new Error('There is no watermark.');
  await watermarks.move(watermark, { ...watermark, lastUid: watermark.lastUid + 1_000 });
  await poll(MAILBOX);

  await forgetWatermark(MAILBOX);
  deliver('nothing since the watermark was lost');
  await poll(MAILBOX);

  await watermarks.requestRescan(MAILBOX, new Date(0));
  await poll(MAILBOX);
}

/** What the ledger has lost is in the mailbox still, and what waits for days is in the ledger. */
async function theAuditFindsWhatIsMissing(stage: Stage): Promise<void> {
  const { deliver, poll, audit, ledger, acceptedMailIds, forget, whilePostersAreFaster } = stage;
  deliver('nothing at all');
  await poll(MAILBOX);
  for (const mailId of new Set(acceptedMailIds())) await forget(mailId);
  const acceptedAt = new Date(Date.now() - 3 * 24 * 60 * 60_000);
  for (const route of [...ROUTES, 'unknown', 'a route that is no longer there']) {
    const waiting = sampleEntry({ route, acceptedAt });
    await ledger.accept({ ...waiting, location: { ...waiting.location, mailbox: MAILBOX } });
  }
  await whilePostersAreFaster(() => audit(MAILBOX));
}

/** Alerts are handed back; of each route, the first one's receipt handle has expired by then. */
async function discordAsksForPatience({ discord, deliver, poll, journal, recorder, sqs }: Stage): Promise<void> {
  discord.faults.add({
    method: 'POST',
    outcome: { kind: 'answer', status: 429, headers: { 'retry-after': '60', 'x-ratelimit-reset-after': '60' } },
  });
  const expired = new Set<string>();
  recorder.before(async ({ by, command, input }) => {
    if (command !== 'ChangeMessageVisibilityCommand' || expired.has(by)) return;
    expired.add(by);
    const { QueueUrl, ReceiptHandle } = input as { QueueUrl: string; ReceiptHandle: string };
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  });
  deliver('vip 3', 'stripe 3');
  await poll(MAILBOX);
  await vi.waitFor(() => {
    const routes = new Set(journal.of('alert handed back').map(({ alert }) => alert.route));
    if (routes.size < ROUTES.length) throw new Error('not every route was told to wait');
  }, WHILE);
  discord.faults.clear();
}

function branchesOf({ journal, recorder }: Stage): Story['branches'] {
  const restarts = (reason: Restart['reason']) =>
    journal.of('poll restarted').filter(({ restart }) => restart.reason === reason).length;
  const checks = journal.of('routes checked');
  const audits = journal.of('audit finished').map(({ report }) => report);
  return {
    'the server numbers a mailbox anew': restarts('renumbered'),
    'UIDNEXT goes back': restarts('uids reused'),
    'a watermark is lost': restarts('watermark lost'),
    'a person asks for a rescan': restarts('rescan'),
    'an audit brings mail back': audits.filter(({ recovered }) => recovered > 0).length,
    'an audit finds alerts that wait too long': audits.filter(({ staleAlerts }) => staleAlerts > 0).length,
    'a digest is continued in a further e-mail': journal.of('digest sent').length - 2,
    'a route is alive': checks.filter(({ alive }) => alive > 0).length,
    'a route is dead': journal.of('route dead').length,
    'a route is unknown': checks.filter(({ unknown }) => unknown > 0).length,
    'a route is alive again': journal.of('route alive again').length,
    'a path to the operator is closed': journal.of('path closed').length,
    'a path to the operator is open again': journal.of('path open again').length,
    'alerts are redriven': journal.of('alerts redriven').length,
    'an alert is handed back': journal.of('alert handed back').length,
    'a receipt handle has expired': recorder.calls.filter(({ failure }) => failure === 'MessageNotInflight').length,
    'a login is refused': journal.of('poll failed').filter(({ failure }) => failure.kind === 'credentials').length - 1,
    'a poll fails': journal.of('poll failed').length,
    'an audit fails': journal.of('audit failed').length,
  };
}

function mail(subject: string): Buffer {
  const id = `<${subject.replaceAll(' ', '-')}@example.com>`;
  return Buffer.from(
    `From: Eve <eve@example.com>\r\nTo: support@example.com\r\nMessage-ID: ${id}\r\nSubject: ${subject}\r\n\r\nText\r\n`,
  );
}
