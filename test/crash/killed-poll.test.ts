import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import shippedSettings from '../../functions/settings.ts';
import { type LocalWorld, startLocalWorld } from '../../lib/local/local-world.ts';
import { recordingJournal } from '../fakes/recording-journal.ts';
import type { Fate } from './poll-and-die.ts';

const MAILBOX = 'support/INBOX';
const SENDERS = ['board@example.com', 'receipts@stripe.com', 'stranger@example.org'];
const SUBJECTS = ['Board', 'Payment received', 'Nothing to match'];

let world: LocalWorld;
let directory: string;
let script: string;
beforeAll(async () => {
  world = await startLocalWorld(
    shippedSettings,
    { imap: undefined, since: 'all', discordUrl: undefined },
    recordingJournal(),
    ({ text }) => {
      throw new Error(text);
    },
  );
  directory = await mkdtemp(join(tmpdir(), 'rollcall-killed-'));
  script = join(directory, 'poll-and-die.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./poll-and-die.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
});
afterAll(async () => {
  await world.stop();
  await rm(directory, { recursive: true });
});

/** Runs one poll in a process of its own, which kills itself at the given step. True where it lived to the end. */
async function pollThatDies(fate: Pick<Fate, 'atCall' | 'when'>): Promise<boolean> {
  const { settings, environment } = world;
  const child = spawn(
    process.execPath,
    [script, JSON.stringify({ settings, environment, mailbox: MAILBOX, ...fate })],
    { stdio: 'inherit' },
  );
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...how) => resolve(how));
  });
  expect(signal === 'SIGKILL' || code === 0, `exit code ${code}, signal ${signal}`).toBe(true);
  return code === 0;
}

let delivered = 0;
/** A VIP's mail, a payment and one that no rule knows. */
function deliverThree(): void {
  for (const [index, sender] of SENDERS.entries()) {
    delivered += 1;
    const lines = [
      `From: ${sender}`,
      'To: team@example.com',
      `Subject: ${SUBJECTS[index]} ${delivered}`,
      `Message-ID: <crash-${delivered}@example.org>`,
      'Date: Mon, 02 Mar 2026 08:00:00 +0000',
      '',
      'Hello',
      '',
    ];
    world.imap?.deliver(Buffer.from(lines.join('\r\n')));
  }
}

it('a poll that is killed at any step, before or after the step, loses nothing and posts nothing twice', async () => {
  expect(await world.pipeline.poll()).toEqual([]);
  const sample = (await world.totals(undefined)).mails.length;
  const kills: string[] = [];
  for (const when of ['before', 'after'] as const) {
    let lived = false;
    for (let atCall = 1; !lived; atCall += 1) {
      deliverThree();
      lived = await pollThatDies({ atCall, when });
      if (!lived) kills.push(`${when} call ${atCall}`);
      expect(await world.pipeline.poll(), `the poll after a kill ${when} call ${atCall}`).toEqual([]);
    }
  }
  expect(kills.length, 'every step of a poll was the last one of some process').toBeGreaterThan(20);

  await world.pipeline.drained();
  expect(await world.pipeline.audit()).toEqual([]);
  const digest = await world.pipeline.digest();
  const totals = await world.totals(digest);
  expect(totals.unaccounted).toEqual([]);
  expect(totals.audit).toEqual({ inMailbox: sample + delivered, accounted: sample + delivered, recovered: 0 });
  expect(totals.mails.filter(({ state }) => state !== 'settled')).toEqual([]);

  const posted = (world.discord?.posts() ?? []).flatMap(
    ({ body }) => body.embeds?.map(({ title }) => title ?? '') ?? [],
  );
  const expected = Array.from({ length: delivered }, (_, index) => `${SUBJECTS[index % 3]} ${index + 1}`).filter(
    (_, index) => index % 3 !== 2,
  );
  expect(posted.filter((title) => /^(Board|Payment received) \d+$/.test(title)).sort()).toEqual(expected.sort());
});
