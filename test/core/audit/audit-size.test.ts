import { expect, it } from 'vitest';
import type { MailReader, MailSession } from '../../../functions/core/mail/mail-reader.ts';
import { MAILBOX } from '../../test-world.ts';
import { mailOf } from '../mail/mail-of.ts';
import { auditWorld, withSession } from './audit-world.ts';

const MAILS = 100_000;
const LOST = [1, 50_000, MAILS];
const fingerprintOf = (uid: number) => `1772438400/${uid}`;

it('100,000 mails take one pass over listing and ledger, and only what is missing is fetched', async () => {
  const world = auditWorld();
  const uids = Array.from({ length: MAILS }, (_, index) => index + 1);
  await world.watermarks.create({
    mailbox: MAILBOX,
    uidValidity: '1000',
    lastUid: MAILS,
    baselineUid: 0,
    beganAt: world.clock.now(),
    accountedSince: undefined,
    restart: undefined,
  });
  const mailbox: MailReader = {
    visit: (_folder, visit) =>
      visit({
        status: async () => ({ uidValidity: '1000', uidNext: MAILS + 1 }),
        list: async () => uids.map((uid) => ({ uid, receivedAt: world.clock.now(), fingerprint: fingerprintOf(uid) })),
        async *pages(asked) {
          yield { uids: asked, mails: asked.map((uid) => mailOf(uid, '1000', { subject: 'vip' })) };
        },
      } satisfies MailSession),
  };
  const ledger = {
    ...world.ledger,
    async *entriesAboveUid() {
      for (const uid of uids) {
        if (LOST.includes(uid)) continue;
        const known = { route: 'vip', state: 'settled' as const, acceptedAt: world.clock.now() };
        yield { mailId: `mail-${uid}`, uid, fingerprint: fingerprintOf(uid), ...known };
      }
    },
  };
  const reader = withSession(mailbox);
  expect(await world.audit({ reader, ledger })).toMatchObject({
    inMailbox: MAILS,
    accounted: MAILS - LOST.length,
    recovered: LOST.length,
    left: 0,
  });
  expect(reader.asked).toEqual(LOST);
});
