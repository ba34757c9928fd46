import { afterAll, beforeAll, expect, it } from 'vitest';
import shippedSettings from '../../functions/settings.ts';
import { startLocalWorld } from '../../lib/local/local-world.ts';
import { sampleMails } from '../../lib/local/sample-mailbox/sample-mails.ts';
import { recordingJournal } from '../fakes/recording-journal.ts';
import { runOnce } from '../lib/local/run-rollcall.ts';
import { describeWithDovecot } from './describe-with-dovecot.ts';
import { type Dovecot, startDovecot } from './dovecot.ts';
import type { DeliveredMail } from './maildir.ts';

const MAILS = 539;

/** The sample's emails repeatedly, each time as other emails: only the Message-ID and the date distinguish them. */
async function mailbox(): Promise<DeliveredMail[]> {
  const now = Date.now();
  const mails: DeliveredMail[] = [];
  for (let day = 0; mails.length < MAILS; day += 1) {
    const sample = await sampleMails(new Date(now - day * 86_400_000));
    for (const { raw, receivedAt } of sample.slice(0, MAILS - mails.length)) {
      mails.push({
        raw: Buffer.from(raw.toString('latin1').replaceAll('@mail.example>', `-${day}@mail.example>`), 'latin1'),
        receivedAt,
      });
    }
  }
  return mails;
}

describeWithDovecot('the whole pipeline on a Dovecot mailbox of more than 500 mails', () => {
  let dovecot: Dovecot;
  let url: string;
  beforeAll(async () => {
    dovecot = await startDovecot();
    dovecot.deliver('INBOX', await mailbox());
    url = `imap://${dovecot.user}:${dovecot.password}@127.0.0.1:${dovecot.imapPort}/INBOX`;
  });
  afterAll(() => dovecot.stop());

  it('npm start -- --once --imap accounts for all of them and leaves every flag untouched', async () => {
    const before = await dovecot.flagsOf('INBOX');
    await runOnce(['--imap', url], ({ exitCode, report, output }) => {
      expect.soft(output).toContain('Every email is accounted for.');
      expect(exitCode).toBe(0);
      expect(report?.audit).toEqual({ inMailbox: MAILS, accounted: MAILS, recovered: 0 });
      expect(report?.mails.filter(({ state }) => state !== 'settled')).toEqual([]);
    });
    const after = await dovecot.flagsOf('INBOX');
    expect(before.size).toBe(MAILS);
    expect(after).toEqual(before);
  });

  it('a second poll of the same mailbox on the same servers posts and spools nothing', async () => {
    const journal = recordingJournal();
    const imap = {
      host: '127.0.0.1',
      port: dovecot.imapsPort,
      tls: 'implicit' as const,
      allowSelfSignedCertificate: true,
      user: dovecot.user,
      password: dovecot.password,
      folder: 'INBOX',
    };
    const world = await startLocalWorld(
      shippedSettings,
      { imap, since: { days: 3 }, discordUrl: undefined },
      journal,
      ({ text }) => {
        throw new Error(text);
      },
    );
    try {
      expect(await world.pipeline.poll()).toEqual([]);
      await world.pipeline.drained();
      const first = await world.pipeline.digest();
      const told = journal.events.length;
      const posts = world.discord?.posts().length;
      expect(posts).toBeGreaterThan(0);
      expect(first.mailIds.length).toBeGreaterThan(0);

      expect(await world.pipeline.poll()).toEqual([]);
      await world.pipeline.drained();
      const second = await world.pipeline.digest();
      expect(world.discord?.posts()).toHaveLength(posts ?? 0);
      expect(second).toMatchObject({ mailIds: [], subject: 'Rollcall: nothing new' });
      expect(journal.events.slice(told).map(({ kind }) => kind)).toEqual(['poll finished', 'digest sent']);
    } finally {
      await world.stop();
    }
  });
});
