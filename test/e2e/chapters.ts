import assert from 'node:assert/strict';
import type { AuditReport } from '../../functions/core/records/audit-report.ts';
import { run } from './child-process.ts';
import { areDead, deadLetterQueueOf, deadLettersOf, depthOf } from './dead-letters.ts';
import type { Deployment } from './deployment.ts';
import type { Emulator } from './emulator.ts';
import type { Project } from './project.ts';
import { arePosted, carries, mailsFor, titlesIn } from './sightings.ts';
import { type Step, until } from './steps.ts';
import {
  age,
  allAreSettled,
  anHourPassesBetweenDigests,
  forget,
  isPolled,
  type LedgerItem,
  ledgerItems,
  pendingSegments,
  watermarkOf,
} from './stored.ts';
import { FOLDER, mailsAgain, type World } from './world.ts';

/** A schedule of one minute fires up to ten seconds late in MiniStack. */
const FIRST_POLL_MS = 120_000;

/** Handed back to the queue for that long, not waited out in the function. */
const LONGER_THAN_WAITED_OUT_S = 12;

/** A poll that has the folder open keeps its uids for as long. */
const RENUMBERED_MS = 60_000;

/** Later than the digest that should have carried an unknown mail. */
const LATE_HOURS = 48;

export type Scene = { world: World; emulator: Emulator; project: Project; deployment: Deployment; step: Step };

export async function theMailboxIsPolled({ world, deployment, step }: Scene): Promise<void> {
  world.close('vip');
  world.haveWait('customer', LONGER_THAN_WAITED_OUT_S);
  const flags = await world.dovecot.flagsOf(FOLDER);
  await step(`the schedule polls a mailbox of ${world.mails.length} mails`, () =>
    isPolled(world, deployment, FIRST_POLL_MS),
  );
  await step('every alert of an open channel is posted once, also where Discord has it wait', () =>
    arePosted(world, ['stripe', 'customer']),
  );
  await step('403, missing access: the alerts of the closed channel are dead letters with that reason', async () => {
    const alerts = mailsFor(world, 'vip').length;
    await areDead('vip', alerts, deployment);
    const letters = await deadLettersOf('vip', deployment);
    assert.equal(letters.length, alerts);
    for (const { kind, status, code, reason, mailId } of letters) {
      assert.deepEqual({ kind, status, code }, { kind: 'target', status: '403', code: '50001' });
      assert.match(reason ?? '', /Missing Access/);
      assert.ok(mailId);
    }
    assert.deepEqual(titlesIn(world, 'vip'), []);
  });
  await step('the mailbox was only read: no flag changed', async () =>
    assert.deepEqual(await world.dovecot.flagsOf(FOLDER), flags),
  );
}

export async function theDigestTells({ world, emulator, deployment, step }: Scene): Promise<void> {
  await step('the audit misses nothing', async () => {
    const { inMailbox, accounted, recovered } = (await deployment.runAsScheduled('AuditAudits')) as AuditReport;
    assert.deepEqual([inMailbox, accounted, recovered], [world.mails.length, world.mails.length, 0]);
  });
  await step('the digest carries all unknown mail, and first what needs a person', async () => {
    await deployment.runAsScheduled('DigestDigests');
    const [digest, ...more] = await emulator.mails();
    assert.ok(digest && more.length === 0);
    assert.deepEqual([digest.from, digest.to], ['rollcall@example.com', ['you@example.com']]);
    const dead = mailsFor(world, 'vip');
    assert.match(digest.subject, new RegExp(`⚠ ${dead.length} alerts undelivered.*vip: Missing Access`));
    carries(digest, [...dead, ...mailsFor(world, 'unknown')]);
  });
  await step('every mail of the mailbox is in the ledger once, on its route, and none is left open', async () => {
    const items = await ledgerItems(deployment);
    assert.deepEqual(
      items.map(({ uid, route, state }) => ({ uid, route, state })),
      world.mails.map(({ expectedRoute: route }, index) => ({
        uid: index + 1,
        route,
        state: route === 'vip' ? 'dead' : 'settled',
      })),
    );
    assert.deepEqual(await pendingSegments(deployment), []);
  });
}

export async function theChannelIsMended({ world, deployment, step }: Scene): Promise<void> {
  await step(
    'the channel is mended: the check of the routes puts its alerts back, and each is posted once',
    async () => {
      world.openAll();
      await deployment.runAsScheduled('TargetChecks');
      await arePosted(world, ['vip']);
      assert.equal(await depthOf(deadLetterQueueOf('vip', deployment), deployment), 0);
    },
  );
}

export async function aPersonRedrives({ world, emulator, project, deployment, step }: Scene): Promise<void> {
  const more = mailsAgain(world).filter(({ expectedRoute }) => expectedRoute === 'stripe');
  const rollcall = (...words: string[]) =>
    run('npm', ['run', 'rollcall', '--', ...words], { cwd: project.folder, environment: emulator.environment });

  await step(
    `another channel is closed, ${more.length} more mails come for it, and npm run rollcall -- status tells`,
    async () => {
      world.close('stripe');
      world.deliver(more);
      await deployment.runAsScheduled('PollingPolls');
      await areDead('stripe', more.length, deployment);
      assert.match(await rollcall('status'), new RegExp(`stripe .* ${more.length} dead`));
    },
  );
  await step('it is mended: npm run rollcall -- redrive stripe has each of them posted once', async () => {
    world.openAll();
    assert.match(await rollcall('redrive', 'stripe'), new RegExp(`${more.length} requeued`));
    await arePosted(world, ['stripe']);
    assert.equal(await depthOf(deadLetterQueueOf('stripe', deployment), deployment), 0);
  });
}

export async function theNextPollIsSilent({ world, emulator, deployment, step }: Scene): Promise<void> {
  await step('another poll posts and spools nothing, and the digest says so', async () => {
    const posts = world.discord.posts().length;
    const items = await ledgerItems(deployment);
    await deployment.runAsScheduled('PollingPolls');
    await deployment.runAsScheduled('DigestDigests');
    assert.equal(world.discord.posts().length, posts);
    assert.deepEqual(await ledgerItems(deployment), items);
    assert.deepEqual(await pendingSegments(deployment), []);
    assert.doesNotMatch((await emulator.mails()).at(-1)?.subject ?? '⚠', /⚠|unknown/);
  });
}

export async function theAuditFinds({ world, emulator, deployment, step }: Scene): Promise<void> {
  const lost = ['customer', 'unknown'] as const;
  const [late] = mailsAgain(world).filter(({ expectedRoute }) => expectedRoute === 'unknown');
  assert.ok(late);
  await step('the ledger loses an alert and an unknown mail, and another one waits for two days', async () => {
    world.deliver([late]);
    await deployment.runAsScheduled('PollingPolls');
    const items = await ledgerItems(deployment);
    for (const wanted of lost)
      await forget(
        mailIdAmong(items, ({ route }) => route === wanted),
        deployment,
      );
    await age(
      mailIdAmong(items, ({ uid }) => uid === world.mails.length),
      LATE_HOURS,
      deployment,
    );
  });
  await step('the audit finds all three, and they are told', async () => {
    await deployment.runAsScheduled('AuditAudits');
    await anHourPassesBetweenDigests(deployment, { since: 'lastAudit' });
    await deployment.runAsScheduled('DigestDigests');
    await allAreSettled(deployment);
    const items = await ledgerItems(deployment);
    assert.equal(items.length, world.mails.length);
    const digest = (await emulator.mails()).at(-1);
    assert.ok(digest);
    assert.match(digest.subject, /⚠.*audit/);
    carries(digest, [late, ...mailsFor(world, 'unknown').slice(0, 1)]);
  });
}

export async function theServerNumbersTheMailboxAnew({ world, deployment, step }: Scene): Promise<void> {
  const posts = world.discord.posts().length;
  const known = await ledgerItems(deployment);
  const { to } = await step('the server numbers the mailbox anew', () =>
    until('a new UIDVALIDITY', RENUMBERED_MS, () => world.dovecot.changeUidValidity(FOLDER).catch(String)),
  );
  await step('the next poll reads the mailbox under its new UIDVALIDITY, and posts nothing twice', async () => {
    await deployment.runAsScheduled('PollingPolls');
    assert.deepEqual(await watermarkOf(deployment), { uidValidity: to, lastUid: world.mails.length, error: 'none' });
    const mailIds = new Set((await ledgerItems(deployment)).map(({ mailId }) => mailId));
    assert.deepEqual(
      known.filter(({ mailId }) => !mailIds.has(mailId)),
      [],
    );
    assert.equal(world.discord.posts().length, posts);
  });
}

function mailIdAmong(items: readonly LedgerItem[], isWanted: (item: LedgerItem) => boolean): string {
  const found = items.find(isWanted);
  assert.ok(found);
  return found.mailId;
}
