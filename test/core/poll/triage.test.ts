import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { parseSegment } from '../../../functions/core/records/spool.ts';
import { type Fault, faultyPort, InjectedFault } from '../../fakes/faulty-port.ts';
import type { memoryMailbox } from '../../fakes/memory-mailbox.ts';
import { polledMailbox, testWorld } from '../../test-world.ts';
import { mailOf } from '../mail/mail-of.ts';

const POLLED = polledMailbox();

type MailKind = { subject: 'vip' | 'stripe' | 'other'; hasMessageId: boolean; repeats: boolean };

/** The pipeline on fakes whose every call may fail, before or after its effect. */
function faultyWorld(faults: readonly Fault[]) {
  const { services: sound, mailbox } = testWorld();
  const truth = { ...sound, mailbox };
  const remaining = [...faults];
  const nextFault = () => remaining.shift() ?? 'none';
  const watermarks = faultyPort(truth.watermarks, nextFault);
  const services = {
    ...sound,
    watermarks: {
      ...watermarks,
      async move(...[from, to]: Parameters<typeof watermarks.move>) {
        expect(unaccounted(truth, to.lastUid)).toEqual([]);
        return await watermarks.move(from, to);
      },
    },
    ledger: faultyPort(truth.ledger, nextFault),
    routeQueues: faultyPort(truth.routeQueues, nextFault),
    spool: faultyPort(truth.spool, nextFault),
  };
  return { truth, services, faultsLeft: () => remaining.length };
}

/** Mails up to this uid that are not in the ledger and in their queue or the spool as well. */
function unaccounted(
  { mailbox, ledger, routeQueues, spool }: ReturnType<typeof faultyWorld>['truth'],
  upToUid: number,
) {
  const queued = new Set(routeQueues.all().map(({ mailId }) => mailId));
  const spooled = new Set(
    [...spool.objects.values()].flatMap((text) => parseSegment(text).lines).map(({ mailId }) => mailId),
  );
  return mailbox
    .mails()
    .filter(({ location }) => location.uid <= upToUid)
    .filter(({ mailId }) => {
      const entry = ledger.entry(mailId);
      return !entry || !(entry.route === 'unknown' ? spooled : queued).has(mailId);
    })
    .map(({ location }) => location.uid);
}

const mailKinds: fc.Arbitrary<MailKind[]> = fc.array(
  fc.record({ subject: fc.constantFrom('vip', 'stripe', 'other'), hasMessageId: fc.boolean(), repeats: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
);
const faultPlan = fc.array(fc.constantFrom<Fault>('none', 'none', 'none', 'before', 'after'), { maxLength: 60 });

describe('whatever call fails, before or after its effect, and however often the poll is run again', () => {
  it('the watermark never passes an unaccounted mail, and in the end every mail is in exactly one place', async () => {
    await fc.assert(
      fc.asyncProperty(mailKinds, mailKinds, faultPlan, async (first, later, faults) => {
        const { truth, services, faultsLeft } = faultyWorld(faults);
        deliver(truth.mailbox, first);
        await pollUntilQuiet(services, faultsLeft, () => deliver(truth.mailbox, later));

        const mails = truth.mailbox.mails();
        expect(unaccounted(truth, Number.POSITIVE_INFINITY)).toEqual([]);
        expect((await truth.watermarks.get(POLLED.mailbox))?.watermark?.lastUid).toBe(mails.length);
        const entries = truth.ledger.entries();
        const originals = entries.filter(({ copyOf }) => copyOf === undefined);
        expect(new Set(originals.map(({ mailId }) => mailId))).toEqual(new Set(mails.map(({ mailId }) => mailId)));
        expect(new Set(entries.map(({ location }) => location.uid)), 'every email is known by its place').toEqual(
          new Set(mails.map(({ location }) => location.uid)),
        );
        for (const { mailId, route, state } of originals) {
          expect(state).toBe('dispatched');
          const otherQueues = truth.routeQueues
            .all()
            .filter((message) => message.mailId === mailId && message.route !== route);
          expect(otherQueues).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('without faults, each mail is handed over once', async () => {
    await fc.assert(
      fc.asyncProperty(mailKinds, async (kinds) => {
        const { truth, services } = faultyWorld([]);
        deliver(truth.mailbox, kinds);
        await pollMailbox(POLLED, services, () => 300_000);
        await pollMailbox(POLLED, services, () => 300_000);
        const handedOver = [
          ...truth.routeQueues.all().map(({ mailId }) => mailId),
          ...[...truth.spool.objects.values()].flatMap((text) => parseSegment(text).lines).map(({ mailId }) => mailId),
        ];
        expect(handedOver).toHaveLength(new Set(truth.mailbox.mails().map(({ mailId }) => mailId)).size);
      }),
      { numRuns: 200 },
    );
  });
});

/** A repeated mail is a copy of the one before it, as a client that re-uploads makes it. */
function deliver(mailbox: ReturnType<typeof memoryMailbox>, kinds: readonly MailKind[]): void {
  for (const { subject, hasMessageId, repeats } of kinds) {
    const before = mailbox.mails().at(-1);
    mailbox.deliver((uid, uidValidity) => {
      if (repeats && before) return mailOf(uid, uidValidity, { subject: before.subject, messageId: before.messageId });
      return mailOf(uid, uidValidity, {
        subject: `${subject} ${uid}`,
        ...(hasMessageId ? {} : { messageId: undefined }),
      });
    }, new Date('2026-03-02T08:00:00Z'));
  }
}

async function pollUntilQuiet(
  services: ReturnType<typeof faultyWorld>['services'],
  faultsLeft: () => number,
  afterFirst: () => void,
): Promise<void> {
  let isFirst = true;
  for (;;) {
    const failure = await pollMailbox(POLLED, services, () => 300_000).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure && !isInjected(failure)) throw failure;
    if (isFirst) afterFirst();
    else if (!failure && faultsLeft() === 0) return;
    isFirst = false;
  }
}

function isInjected(failure: unknown): boolean {
  if (failure instanceof AggregateError) return failure.errors.every(isInjected);
  return failure instanceof InjectedFault;
}
