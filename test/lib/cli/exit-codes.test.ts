import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import shippedSettings from '../../../functions/settings.ts';
import { type LocalWorld, startLocalWorld } from '../../../lib/local/local-world.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';

const MAIN = fileURLToPath(new URL('../../../lib/cli/main.ts', import.meta.url));

/** Runs the program as a person does. Only its exit code shows a script whether it did what was requested. */
async function run(...commandLine: string[]): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...commandLine], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {},
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { exitCode, output };
}

describe('the program exits', () => {
  let world: LocalWorld;
  const local = (...commandLine: string[]) => run(...commandLine, '--local', world.parameters.url);

  beforeAll(async () => {
    const options = { imap: undefined, since: 'all', discordUrl: undefined } as const;
    world = await startLocalWorld(shippedSettings, options, recordingJournal(), () => {});
    const vip = shippedSettings.routes[0]!.target;
    const channelId = vip.kind === 'bot' ? vip.channelId : '';
    world.discord?.faults.add({ channelId, outcome: { kind: 'answer', status: 403, code: 50001 } });
    await world.pipeline.poll();
    await world.pipeline.drained();
  });
  afterAll(() => world.stop());

  it('1 after a redrive whose first alert died again', async () => {
    const { exitCode, output } = await local('redrive', 'vip');
    expect(output).toContain('vip: stopped');
    expect(exitCode).toBe(1);
  });

  it('0 after a redrive of a route on which nothing waits', async () => {
    expect(await local('redrive', 'stripe')).toMatchObject({ exitCode: 0 });
  });

  it('1 after a check that found something wrong', async () => {
    const { exitCode, output } = await local('check');
    expect(output).toMatch(/^✗ /m);
    expect(exitCode).toBe(1);
  });

  it('0 after a look at the dead letters, and 1 where the one to remove is not there', async () => {
    expect(await local('letters')).toMatchObject({ exitCode: 0 });
    const { exitCode, output } = await local('letters', 'stripe', '--remove', 'no-such-letter');
    expect(output).toContain('There is no unreadable dead letter no-such-letter');
    expect(exitCode).toBe(1);
  });
});
