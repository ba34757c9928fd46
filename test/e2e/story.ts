import assert from 'node:assert/strict';
import { adjustedFor } from './adjusted-template.ts';
import { isAsSynthesized } from './as-synthesized.ts';
import {
  aPersonRedrives,
  type Scene,
  theAuditFinds,
  theChannelIsMended,
  theDigestTells,
  theMailboxIsPolled,
  theNextPollIsSilent,
  theServerNumbersTheMailboxAnew,
} from './chapters.ts';
import { depthOf } from './dead-letters.ts';
import { bootstrap, deploy } from './deploy.ts';
import { type Deployment, lookUpDeployment } from './deployment.ts';
import type { Emulator } from './emulator.ts';
import { copyOfWorkingTree } from './project.ts';
import { isLeastPrivilege } from './recorded-calls.ts';
import {
  aDeadLetterIsUnreadable,
  aFolderIsRenamed,
  aRouteIsRemoved,
  theStackIsRemovedAndDeployedAgain,
  theWatermarkIsLost,
} from './seams.ts';
import type { Print, Step } from './steps.ts';
import { startWorld, storeSecrets } from './world.ts';

/** Deploys the stack as lib/DEPLOYING.md says, and has it go through what it exists for. */
export async function tellStory(emulator: Emulator, step: Step, print: Print): Promise<void> {
  const world = await startWorld();
  const project = copyOfWorkingTree({ port: world.dovecot.imapsPort });
  try {
    await step('cdk bootstrap', () => bootstrap(project, emulator));
    await step('two secrets in SSM, the digest’s addresses in SES', () => storeSecrets(world, emulator));
    const template = await step('npm run synth, cdk deploy', () =>
      deploy(project, emulator, adjustedFor(world.discord.url)),
    );
    const deployment = await lookUpDeployment(template, emulator);
    const gaps = await step('functions, mappings, queues and schedules are deployed as synthesized', () =>
      isAsSynthesized(deployment),
    );
    for (const gap of gaps) print(`    not kept by the emulator: ${gap}`);

    const scene: Scene = { world, emulator, project, deployment, step };
    await theMailboxIsPolled(scene);
    await theDigestTells(scene);
    await theChannelIsMended(scene);
    await aPersonRedrives(scene);
    await theNextPollIsSilent(scene);
    await theAuditFinds(scene);
    await theServerNumbersTheMailboxAnew(scene);
    await theWatermarkIsLost(scene);
    await aDeadLetterIsUnreadable(scene);

    await step('no scheduled run failed', () => noRunFailed(deployment));
    await step('the roles allow what was called, and no more', () => isLeastPrivilege(deployment, emulator));

    const withoutRoute = await aRouteIsRemoved(scene);
    const renamed = await aFolderIsRenamed({ ...scene, deployment: withoutRoute });
    await theStackIsRemovedAndDeployedAgain({ ...scene, deployment: renamed });
  } finally {
    await world.stop();
    project.remove();
  }
}

async function noRunFailed(deployment: Deployment): Promise<void> {
  const queues = deployment.all('AWS::SQS::Queue').filter(({ logicalId }) => logicalId.includes('FailedRuns'));
  assert.ok(queues.length > 0);
  for (const { logicalId, physicalId } of queues) assert.equal(await depthOf(physicalId, deployment), 0, logicalId);
}
