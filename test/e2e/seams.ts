import assert from 'node:assert/strict';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { AuditReport } from '../../functions/core/records/audit-report.ts';
import type { SampleMail } from '../../lib/local/sample-mailbox/sample-mail.ts';
import { adjustedFor } from './adjusted-template.ts';
import type { Scene } from './chapters.ts';
import { run } from './child-process.ts';
import { deadLetterQueueOf, depthOf } from './dead-letters.ts';
import { deploy, destroy } from './deploy.ts';
import { type Deployment, lookUpDeployment } from './deployment.ts';
import { editSettings, removeRoute } from './project.ts';
import { arePosted, carries, titlesIn } from './sightings.ts';
import { until } from './steps.ts';
import { anHourPassesBetweenDigests, ledgerItems, MAILBOX, pendingSegments, watermarkOf } from './stored.ts';
import { mailsAgain, type World } from './world.ts';

/** Where state begins again, and email in the gap could be lost: each played on the deployed stack. */

const POSTED_MS = 60_000;

/** Other emails of a route than those that were delivered before. */
function moreFor(world: World, ...routes: string[]): SampleMail[] {
  return routes.map((wanted) => {
    const found = mailsAgain(world).findLast(({ expectedRoute }) => expectedRoute === wanted);
    assert.ok(found);
    return found;
  });
}

export async function theWatermarkIsLost({ world, emulator, deployment, step }: Scene): Promise<void> {
  await step('the watermark is deleted, and email comes: the next poll resumes from the ledger', async () => {
    await deployment.dynamodb.send(
      new DeleteItemCommand({
        TableName: deployment.one('AWS::DynamoDB::Table', 'TablesWatermarks').physicalId,
        Key: { mailbox: { S: MAILBOX } },
      }),
    );
    world.deliver(moreFor(world, 'vip', 'unknown'));
    await deployment.runAsScheduled('PollingPolls');
    await arePosted(world, ['vip', 'stripe']);
    assert.equal((await ledgerItems(deployment)).length, world.mails.length);
    assert.equal((await watermarkOf(deployment)).lastUid, world.mails.length);
  });
  await step('the digest says so, and the audit accounts for everything', async () => {
    const { inMailbox, accounted, recovered } = (await deployment.runAsScheduled('AuditAudits')) as AuditReport;
    assert.deepEqual([inMailbox, accounted, recovered], [world.mails.length, world.mails.length, 0]);
    await anHourPassesBetweenDigests(deployment, { since: 'restart' });
    await deployment.runAsScheduled('DigestDigests');
    const digest = (await emulator.mails()).at(-1);
    assert.match(digest?.subject ?? '', /⚠.*watermark of support\/INBOX was lost/);
  });
}

export async function aDeadLetterIsUnreadable({ world, project, emulator, deployment, step }: Scene): Promise<void> {
  const letters = (...words: string[]) =>
    run('npm', ['run', 'rollcall', '--', 'letters', 'vip', ...words], {
      cwd: project.folder,
      environment: emulator.environment,
    });
  const queueUrl = deadLetterQueueOf('vip', deployment);
  await step('a dead letter that names no email is in the digest', async () => {
    await deployment.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: '{"put": "by hand"' }));
    await deployment.runAsScheduled('DigestDigests');
    assert.match((await emulator.mails()).at(-1)?.subject ?? '', /⚠.*unreadable.*vip/i);
    assert.equal(world.discord.posts().filter(({ body }) => JSON.stringify(body).includes('by hand')).length, 0);
  });
  await step('npm run rollcall -- letters shows and removes it', async () => {
    assert.match(await letters(), /by hand/);
    assert.match(await letters('--remove', 'all'), /removed/);
    assert.equal(await depthOf(queueUrl, deployment), 0);
  });
}

/** @returns the deployment without the route, and with another folder */
export async function aRouteIsRemoved(scene: Scene): Promise<Deployment> {
  const { world, emulator, deployment, step } = scene;
  const [alert, urgent, unknown] = moreFor(world, 'stripe', 'vip', 'unknown');
  assert.ok(alert && urgent && unknown);
  await step('the queue of a route takes nothing: its alert waits in the ledger, all other email goes on', async () => {
    await refuseMessages('Routestripe', deployment);
    world.deliver([alert, urgent, unknown]);
    await assert.rejects(deployment.runAsScheduled('PollingPolls'), /Routestripe.*explicit deny/);
    await arePosted(world, ['vip']);
    const states = (await ledgerItems(deployment)).slice(-3).map(({ route, state }) => `${route} ${state}`);
    assert.deepEqual(states, ['stripe accepted', 'vip settled', 'unknown dispatched']);
  });
  const removed = await step('the route is removed from the settings, and the stack deployed again', async () => {
    removeRoute(scene.project, 'stripe');
    await world.dovecot.createFolder('Billing');
    editSettings(scene.project, ["folders: ['INBOX'],", "folders: ['INBOX', 'Billing'],"]);
    return await deployAgain(scene);
  });
  await step('the next poll passes its alert to the digest, which carries it with the reason', async () => {
    await removed.runAsScheduled('PollingPollssupportINBOX');
    assert.equal((await watermarkOf(removed)).lastUid, world.mails.length);
    await removed.runAsScheduled('DigestDigests');
    const digest = (await emulator.mails()).at(-1);
    assert.ok(digest);
    carries(digest, [alert, unknown]);
    assert.match(digest.text.replaceAll(/\s+/g, ' '), /an alert of stripe, a route that is no longer in the settings/);
    assert.deepEqual(await pendingSegments(removed), []);
  });
  return removed;
}

export async function aFolderIsRenamed(scene: Scene): Promise<Deployment> {
  const { world, deployment, step } = scene;
  const deliverTo = (folder: string, mails: readonly SampleMail[]) => {
    world.dovecot.deliver(folder, mails);
    world.mails.push(...mails);
  };
  await step('a second folder is polled', async () => {
    deliverTo('Billing', moreFor(world, 'vip', 'unknown'));
    await deployment.runAsScheduled('PollingPollssupportBilling');
    await arePosted(world, ['vip']);
  });
  await step('it is renamed on the server: the failed poll names the line to write', async () => {
    await world.dovecot.renameFolder('Billing', 'Invoices');
    deliverTo('Invoices', moreFor(world, 'vip'));
    const line = /replace 'Billing' with \{ name: 'Invoices', formerly: 'Billing' \}/;
    await assert.rejects(deployment.runAsScheduled('PollingPollssupportBilling'), line);
  });
  return await step('with that line, what came in between is posted, and nothing twice', async () => {
    editSettings(scene.project, ["'Billing'],", "{ name: 'Invoices', formerly: 'Billing' }],"]);
    const renamed = await deployAgain(scene);
    await renamed.runAsScheduled('PollingPollssupportInvoices');
    await arePosted(world, ['vip']);
    const audit = (await renamed.runAsScheduled('AuditAuditssupportInvoices')) as AuditReport;
    assert.deepEqual([audit.inMailbox, audit.accounted, audit.recovered], [3, 3, 0]);
    return renamed;
  });
}

export async function theStackIsRemovedAndDeployedAgain(scene: Scene): Promise<void> {
  const { world, project, emulator, deployment, step } = scene;
  await step('cdk destroy keeps the ledger and the watermarks', async () => {
    const before = await ledgerItems(deployment);
    await destroy(project, emulator);
    assert.deepEqual(await ledgerItems(deployment), before);
    assert.ok((await watermarkOf(deployment)).lastUid > 0);
  });
  await step('deployed again with startFrom days, as documented: what came in between is posted', async () => {
    const subject = 'Between two deployments';
    const raw = `From: board@example.com\r\nTo: support@example.com\r\nMessage-ID: <between@example.com>\r\nSubject: ${subject}\r\n\r\nText\r\n`;
    world.dovecot.deliver('INBOX', [{ raw: Buffer.from(raw), receivedAt: new Date() }]);
    editSettings(project, ["startFrom: 'all',", 'startFrom: { days: 1 },']);
    // MiniStack gives the new tables the names of the kept ones and empties them; on AWS they get names of their own.
    const again = await deployAgain(scene);
    await again.runAsScheduled('PollingPollssupportINBOX');
    const posts = await until(`the post of «${subject}»`, POSTED_MS, async () => {
      const found = titlesIn(world, 'vip').filter((title) => title === subject);
      return found.length > 0 ? found : 'It is not there.';
    });
    assert.equal(posts.length, 1);
    await destroy(project, emulator);
  });
}

async function deployAgain({ world, project, emulator }: Scene): Promise<Deployment> {
  return await lookUpDeployment(await deploy(project, emulator, adjustedFor(world.discord.url)), emulator);
}

/** As the administrator of the account might, by mistake. */
async function refuseMessages(logicalId: string, deployment: Deployment): Promise<void> {
  const queue = deployment
    .all('AWS::SQS::Queue')
    .find((each) => each.logicalId.startsWith(logicalId) && !each.logicalId.includes('DeadLetters'));
  assert.ok(queue);
  const statement = { Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage*', Resource: '*' };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await deployment.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.physicalId, Attributes: { Policy } }));
}
