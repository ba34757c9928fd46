import assert from 'node:assert/strict';
import { adjustedFor } from './adjusted-template.ts';
import { areDead } from './dead-letters.ts';
import { bootstrap, deploy, destroy } from './deploy.ts';
import { type Deployment, lookUpDeployment } from './deployment.ts';
import type { Emulator } from './emulator.ts';
import { setDelivery } from './mappings.ts';
import { copyOfCommit, copyOfWorkingTree, type Project } from './project.ts';
import { arePosted, carries, mailsFor, titlesIn } from './sightings.ts';
import { type Step, until } from './steps.ts';
import { allAreSettled, isPolled, ledgerItems, pendingSegments } from './stored.ts';
import { FOLDER, mailsAgain, startWorld, storeSecrets, type World } from './world.ts';

const POLLED_MS = 10_000;

/** Handed back to the queue for that long, not waited out in the function. */
const LONGER_THAN_WAITED_OUT_S = 12;

const HOLDING_DATA = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket'];

/**
 * Deploys a commit, leaves email in flight in every possible way, and deploys the working tree over it: nothing is
 * lost, and nothing is reported twice.
 */
export async function tellUpgrade(commit: string, emulator: Emulator, step: Step): Promise<void> {
  const world = await startWorld();
  const projects: Project[] = [];
  const copied = (project: Project): Project => {
    projects.push(project);
    return project;
  };
  try {
    const mailServer = { port: world.dovecot.imapsPort };
    const old = await step(`what ${commit} was`, async () => copied(await copyOfCommit(commit, mailServer)));
    const today = copied(copyOfWorkingTree(mailServer));
    const deployed = async (project: Project) =>
      await lookUpDeployment(await deploy(project, emulator, adjustedFor(world.discord.url)), emulator);

    await step('cdk bootstrap, secrets, addresses', async () => {
      await bootstrap(old, emulator);
      await storeSecrets(world, emulator);
    });
    const before = await step('it is deployed', () => deployed(old));
    await step('its mail is in flight: dead letters, alerts that wait, alerts never tried, a spool', () =>
      putInFlight(world, before),
    );
    const more = mailsAgain(world);
    const after = await step('the working tree is deployed over it', () => deployed(today));
    await step('tables, spool and queues are still those', () => areStillThose(before, after));
    await step('everything in flight arrives once', () => arrives(world, emulator, after));
    await step('and so does new mail', async () => {
      world.deliver(more);
      await after.runAsScheduled('PollingPolls');
      await arePosted(world, ['vip', 'stripe', 'customer']);
    });
    await step('cdk destroy', () => destroy(today, emulator));
  } finally {
    await world.stop();
    for (const project of projects) project.remove();
  }
}

async function putInFlight(world: World, deployment: Deployment): Promise<void> {
  world.close('vip');
  world.haveWait('stripe', LONGER_THAN_WAITED_OUT_S);
  await setDelivery('customer', 'Disabled', deployment);
  await deployment.runAsScheduled('PollingPolls');
  await isPolled(world, deployment, POLLED_MS);
  await areDead('vip', mailsFor(world, 'vip').length, deployment);
  await isRefused('stripe', world);
  // Otherwise the old code posts them while the new one is being deployed.
  await setDelivery('stripe', 'Disabled', deployment);
  assert.deepEqual(
    ['vip', 'stripe', 'customer'].flatMap((route) => titlesIn(world, route)),
    [],
  );
  assert.notDeepEqual(await pendingSegments(deployment), []);
}

/** Waits until Discord has had a post wait. */
async function isRefused(route: string, { discord, channelOf }: World): Promise<void> {
  await until(`a post of ${route} that has to wait`, POLLED_MS, async () => {
    const refused = discord
      .requests()
      .find(({ status, target }) => status === 429 && 'channelId' in target && target.channelId === channelOf(route));
    return refused ?? 'None was refused.';
  });
}

/** Everything that holds email was neither replaced nor orphaned. */
function areStillThose(before: Deployment, after: Deployment): void {
  const found = (deployment: Deployment, ofType: string) =>
    deployment.all(ofType).map(({ logicalId, physicalId }) => `${logicalId}: ${physicalId}`);
  for (const type of HOLDING_DATA) assert.deepEqual(found(after, type), found(before, type));
  const ofRoutes = (deployment: Deployment) =>
    found(deployment, 'AWS::SQS::Queue').filter((queue) => queue.startsWith('Route'));
  assert.deepEqual(ofRoutes(after), ofRoutes(before));
}

async function arrives(world: World, emulator: Emulator, deployment: Deployment): Promise<void> {
  const flags = await world.dovecot.flagsOf(FOLDER);
  world.openAll();
  for (const route of ['stripe', 'customer']) await setDelivery(route, 'Enabled', deployment);
  await deployment.runAsScheduled('TargetChecks');
  await deployment.runAsScheduled('PollingPolls');
  await deployment.runAsScheduled('DigestDigests');
  await arePosted(world, ['vip', 'stripe', 'customer']);
  await allAreSettled(deployment);
  assert.equal((await ledgerItems(deployment)).length, world.mails.length);
  const [digest, ...others] = await emulator.mails();
  assert.ok(digest && others.length === 0);
  carries(digest, mailsFor(world, 'unknown'));
  assert.deepEqual(await pendingSegments(deployment), []);
  assert.deepEqual(await world.dovecot.flagsOf(FOLDER), flags);
}
