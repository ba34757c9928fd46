import type { Ports } from '../../../../functions/adapters/ports.ts';
import { queueMessageOf } from '../../../../functions/core/records/alert.ts';
import { segmentOf } from '../../../../functions/core/records/spool.ts';
import { allOf, sampleEntry, sampleFailure } from '../../../contracts/sample-entry.ts';
import { type CallSite, freshWatermark } from './call-site.ts';

type Calls<Port> = { readonly [Method in keyof Port]: (port: Port, site: CallSite) => Promise<unknown> };

const AT = new Date('2026-03-02T10:00:00.000Z');
const LATER = new Date('2026-03-02T10:05:00.000Z');
const LEASE = { holder: 'a poster', at: AT, until: LATER };
const MAIL = { subject: 'subject', text: 'text', html: '<p>html</p>', attachments: [] };
const ATTACHMENT = { fileName: 'unknown.jsonl', contentType: 'application/x-ndjson', content: '{}' };

const LEDGER_CALLS: Calls<Ports['ledger']> = {
  find: async (ledger, site) => await ledger.find([(await site.acceptedEntry()).mailId]),
  accept: async (ledger) => await ledger.accept(sampleEntry()),
  markDispatched: async (ledger, site) => {
    await ledger.markDispatched((await site.acceptedEntry()).mailId, AT);
    await ledger.markDispatched((await site.settledEntry()).mailId, AT);
  },
  claim: async (ledger, site) => {
    await ledger.claim(queueMessageOf(await site.acceptedEntry()), LEASE);
    await ledger.claim(queueMessageOf(await site.settledEntry()), LEASE);
  },
  beginPost: async (ledger, site) => {
    const { mailId } = await site.acceptedEntry();
    await ledger.beginPost(mailId, LEASE.holder, { mailIds: [mailId], at: AT });
  },
  settle: async (ledger, site) => {
    await ledger.settle((await site.acceptedEntry()).mailId, { at: AT });
    await ledger.settle((await site.settledEntry()).mailId, { at: AT });
  },
  recordFailure: async (ledger, site) =>
    await ledger.recordFailure((await site.acceptedEntry()).mailId, LEASE.holder, sampleFailure()),
  recordDead: async (ledger, site) => {
    await ledger.recordDead((await site.acceptedEntry()).mailId, sampleFailure());
    await ledger.recordDead((await site.settledEntry()).mailId, sampleFailure());
  },
  recordGivenUp: async (ledger, site) => {
    const letter = { at: AT, handedOverBy: AT, failedAt: undefined };
    await ledger.recordGivenUp((await site.acceptedEntry()).mailId, sampleFailure(), letter);
    await ledger.recordGivenUp((await site.settledEntry()).mailId, sampleFailure(), letter);
  },
  openEntries: async (ledger, site) => await allOf(ledger.openEntries((await site.acceptedEntry()).route)),
  allOpenEntries: async (ledger) => await allOf(ledger.allOpenEntries()),
  relocate: async (ledger, site) => {
    const { mailId, location } = await site.acceptedEntry();
    const elsewhere = { location: { ...location, uidValidity: 'another' }, fingerprint: undefined };
    await ledger.relocate(mailId, location, elsewhere);
    await ledger.relocate(mailId, location, elsewhere);
  },
  acceptedBetween: async (ledger) => await allOf(ledger.acceptedBetween(AT, LATER)),
  entriesAboveUid: async (ledger, site) => {
    const { mailbox, uidValidity } = (await site.acceptedEntry()).location;
    return await allOf(ledger.entriesAboveUid(mailbox, uidValidity, 0));
  },
  entriesOfMailboxes: async (ledger, site) =>
    await allOf(ledger.entriesOfMailboxes([(await site.acceptedEntry()).location.mailbox])),
};

/** Every method of every port, each with what makes it call all that it ever calls. */
export const PORT_CALLS: { readonly [Name in keyof Ports]: Calls<Ports[Name]> } = {
  reader: {
    // Every account, since each has secrets of its own. That one gives no token is another test's business.
    visit: async (_reader, { readers }) =>
      await Promise.allSettled(readers.map((reader) => reader.visit('INBOX', (session) => session.status()))),
  },
  login: {
    version: async (_login, { logins }) => await Promise.all(logins.map((login) => login.version())),
  },
  watermarks: {
    get: async (watermarks, site) => await watermarks.get((await site.storedWatermark()).mailbox),
    create: async (watermarks) => {
      const watermark = freshWatermark();
      await watermarks.create(watermark);
      await watermarks.create(watermark);
    },
    move: async (watermarks, site) => {
      const from = await site.storedWatermark();
      await watermarks.move(from, { ...from, lastUid: 2 });
      await watermarks.move(from, { ...from, lastUid: 2 });
    },
    recordPoll: async (watermarks, site) =>
      await watermarks.recordPoll((await site.storedWatermark()).mailbox, { at: AT, uidNext: 2, isComplete: true }),
    recordPollFailure: async (watermarks, site) =>
      await watermarks.recordPollFailure((await site.storedWatermark()).mailbox, {
        at: AT,
        kind: 'network',
        text: 'no',
      }),
    recordAudit: async (watermarks, site) => {
      const { mailbox } = await site.storedWatermark();
      const figures = { inMailbox: 0, accounted: 0, recovered: 0, staleAlerts: 0, staleUnknown: 0, left: 0 };
      await watermarks.recordAudit({ mailbox, at: AT, ...figures, findings: [] });
    },
    recordDigest: async (watermarks, site) => {
      const { mailbox } = await site.storedWatermark();
      const digest = { at: AT, previousAt: undefined, polls: 0, failedPolls: 0 };
      await watermarks.recordDigest(mailbox, digest);
      await watermarks.recordDigest(mailbox, digest);
    },
    requestRescan: async (watermarks, site) =>
      await watermarks.requestRescan((await site.storedWatermark()).mailbox, AT),
    recordRescan: async (watermarks, site) => await watermarks.recordRescan((await site.storedWatermark()).mailbox, AT),
  },
  ledger: LEDGER_CALLS,
  sentPosts: LEDGER_CALLS,
  routeQueues: {
    send: async (queues, { routes }) => {
      for (const route of routes) await queues.send(route, [queueMessageOf(sampleEntry({ route }))]);
    },
  },
  queue: {
    returnToQueue: async (queue, { receivedAlert }) => {
      const message = await receivedAlert();
      await queue.returnToQueue(message, 0);
      // Its receipt handle has expired.
      await queue.returnToQueue(message, 0);
    },
    deadLetter: async (queue, { receivedAlert }) =>
      await queue.deadLetter(await receivedAlert(), { mailId: 'mail', target: 'channel 1', failure: sampleFailure() }),
  },
  deadLetters: {
    deleteWhere: async (deadLetters, { routes, putLetter }) => {
      for (const route of routes) {
        await putLetter(route, 'deleted');
        await putLetter(route, 'kept');
        await deadLetters.deleteWhere(route, async (letters) => letters.filter(({ body }) => body === 'deleted'));
      }
    },
    unreadable: async (deadLetters, { routes, putLetter }) => {
      for (const route of routes) {
        await putLetter(route, 'no alert');
        await deadLetters.unreadable(route);
      }
    },
    remove: async (deadLetters, { routes, putLetter }) => {
      for (const route of routes) {
        await putLetter(route, 'no alert');
        for (const { messageId } of await deadLetters.unreadable(route)) await deadLetters.remove(route, messageId);
      }
    },
  },
  spool: {
    write: async (spool) => await spool.write(segmentOf('support/INBOX', '1', [sampleEntry({ route: 'unknown' })], AT)),
    pending: async (spool, site) => {
      site.removeOnceListed(await site.pendingSegment());
      await site.pendingSegment();
      await allOf(spool.pending());
    },
    archive: async (spool, site) => {
      const key = await site.pendingSegment();
      await spool.archive(key, AT);
      // An overlapping digest was faster.
      await spool.archive(key, AT);
    },
  },
  chat: {
    // Every route, since each may have a secret of its own.
    post: async (_chat, { chats }) => {
      const alert = queueMessageOf(sampleEntry());
      for (const chat of chats) await chat.post({ alerts: [alert], form: 'full' }, { freshSecret: true });
    },
    pack: async (chat) => chat.pack([]),
    waitMs: async (chat) => chat.waitMs(AT),
    mayBeStaleSecret: async (chat) => chat.mayBeStaleSecret(sampleFailure()),
    probe: async (_chat, { chats }) => {
      for (const chat of chats) await chat.probe();
    },
  },
  pauses: {
    active: async (pauses) => await pauses.active(['/rollcall/bot-token', 'channel 1'], AT),
    pause: async (pauses) => {
      await pauses.pause('channel 1', { until: LATER, failure: sampleFailure() });
      await pauses.pause('channel 1', { until: AT, failure: sampleFailure() });
    },
    lift: async (pauses) => await pauses.lift('channel 1'),
  },
  targetChecks: {
    get: async (targetChecks) => {
      await targetChecks.get('route/vip');
      await targetChecks.get('path/digest');
    },
    record: async (targetChecks) => {
      const check = { checkedAt: AT, state: 'alive', since: AT, failure: undefined } as const;
      await targetChecks.record('route/vip', check);
      await targetChecks.record('path/digest', check);
    },
  },
  operatorPaths: {
    digest: async (operatorPaths) => await operatorPaths.digest(),
    alarms: async (operatorPaths) => await operatorPaths.alarms(),
  },
  mailer: {
    send: async (mailer) => {
      await mailer.send(MAIL);
      await mailer.send({ ...MAIL, attachments: [ATTACHMENT] });
    },
  },
  digestRuns: {
    begin: async (runs) => {
      await runs.begin(LEASE);
      await runs.begin({ ...LEASE, holder: 'another digest' });
    },
    end: async (runs) => await runs.end(LEASE.holder),
    recordSent: async (runs) => await runs.recordSent({ at: LATER, countedUntil: AT }),
    lastSent: async (runs) => await runs.lastSent(),
  },
};
