import { afterAll, beforeAll, expect, it } from 'vitest';
import { imapMailReader } from '../../functions/adapters/imap/mail-reader.ts';
import { type AuditWorld, auditWorld, DAY_MS, HOUR_MS, withSession } from '../core/audit/audit-world.ts';
import { describeWithDovecot } from './describe-with-dovecot.ts';
import { type Dovecot, startDovecot } from './dovecot.ts';

const MAILS = 2_000;

describeWithDovecot('an audit on Dovecot', () => {
  let dovecot: Dovecot;
  let world: AuditWorld;
  beforeAll(async () => {
    dovecot = await startDovecot();
    world = auditWorld();
    const receivedAt = world.clock.now();
    dovecot.deliver(
      'INBOX',
      Array.from({ length: MAILS }, (_, index) => ({ raw: mailNumber(index + 1), receivedAt })),
    );
  });
  afterAll(() => dovecot.stop());

  const reader = () =>
    withSession(
      imapMailReader({
        account: {
          account: 'support',
          host: dovecot.host,
          port: dovecot.imapPort,
          tls: 'off',
          allowSelfSignedCertificate: true,
          user: dovecot.user,
        },
        credentials: async () => ({ pass: dovecot.password }),
        headerFields: [],
        exchangeTimeoutMs: 60_000,
      }),
    );
  async function audited() {
    const session = reader();
    const report = await world.audit({ reader: session });
    return { ...report, fetched: session.asked.length };
  }
  async function lose(uid: number) {
    const lost = world.ledger.entries().find(({ location }) => location.uid === uid);
    world.ledger.forget(lost?.mailId ?? '');
  }

  it('fetches nothing of what is accounted for, and only what is lost', async () => {
    await world.poll('all', { reader: reader() });
    world.clock.advance(HOUR_MS);
    expect(await audited()).toMatchObject({ inMailbox: MAILS, accounted: MAILS, recovered: 0, fetched: 0 });
    await lose(7);
    expect(await audited()).toMatchObject({ accounted: MAILS - 1, recovered: 1, fetched: 1 });
  });

  it('knows the mail of weeks ago again after a change of UIDVALIDITY, and fetches it once', async () => {
    for (const { mailId } of world.ledger.entries()) await world.ledger.settle(mailId, { at: world.clock.now() });
    world.clock.advance(20 * DAY_MS);
    await world.poll('all', { reader: reader() });
    await lose(8);
    const { from, to } = await dovecot.changeUidValidity('INBOX');
    expect(to).not.toBe(from);
    // Before a poll, and after it: the poll reads none of it again, so all of it is left to the audit.
    expect(await audited()).toMatchObject({ inMailbox: MAILS, accounted: MAILS - 1, recovered: 1, fetched: MAILS });
    expect(await world.poll('all', { reader: reader() })).toMatchObject({ accepted: 0, recognised: 0 });
    expect(await audited()).toMatchObject({ inMailbox: MAILS, accounted: MAILS, recovered: 0, fetched: 0 });
  });
});

function mailNumber(n: number): Buffer {
  return Buffer.from(
    `From: ada@example.com\r\nSubject: vip ${n}\r\nMessage-ID: <${n}@example.com>\r\n\r\nText ${n}\r\n`,
  );
}
