import { beforeEach, describe, expect, it } from 'vitest';
import { type Deployed, status } from '../../../lib/cli/status.ts';
import { sampleEntry, sampleFailure } from '../../contracts/sample-entry.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';
import { memoryDeadLetters } from '../../fakes/memory-dead-letters.ts';
import { memoryLedger } from '../../fakes/memory-ledger.ts';
import { memoryTargetChecks } from '../../fakes/memory-target-checks.ts';

const HOUR_MS = 60 * 60_000;

let services: ReturnType<typeof emptyServices>;
beforeEach(() => {
  services = emptyServices();
});

function emptyServices() {
  return {
    ledger: memoryLedger(),
    targetChecks: memoryTargetChecks(),
    deadLetters: memoryDeadLetters(),
    clock: fakeClock(),
  };
}

async function lines(deployed: Deployed = { routes: ['vip', 'stripe'], mailboxes: ['support/INBOX'] }) {
  const printed: string[] = [];
  await status(deployed, services, (line) => void printed.push(line));
  return printed;
}

async function open(route: string, mailbox = 'support/INBOX', hoursAgo = 1): Promise<string> {
  const acceptedAt = new Date(services.clock.now().getTime() - hoursAgo * HOUR_MS);
  const entry = sampleEntry({ route, location: { mailbox, uidValidity: '1', uid: 1 }, acceptedAt });
  await services.ledger.accept(entry);
  return entry.mailId;
}

it('counts what is open of each route, on its way and dead', async () => {
  await open('vip', 'support/INBOX', 2);
  const dead = await open('vip');
  await services.ledger.recordDead(dead, sampleFailure());
  const printed = await lines();
  const oldest = new Date(services.clock.now().getTime() - 2 * HOUR_MS).toISOString();
  expect(printed[0]).toBe(`vip          not checked yet · 1 on their way, 1 dead, the oldest from ${oldest}`);
  expect(printed[1]).toBe('stripe       not checked yet · 0 on their way, 0 dead');
  expect(printed.join('\n')).not.toContain('removed');
});

it('shows how many dead letters of a route cannot be read, and where to see them', async () => {
  const letter = { mailId: undefined, failure: undefined, sentAt: services.clock.now() };
  services.deadLetters.put('stripe', { ...letter, body: '{' });
  services.deadLetters.put('stripe', { ...letter, body: '[]' });
  const printed = await lines();
  expect(printed[2]?.trim()).toBe('unreadable dead letters: 2. See them: npm run rollcall -- letters stripe');
  expect(printed.filter((line) => line.includes('unreadable'))).toHaveLength(1);
});

describe('what is open of routes and mailboxes that were removed from the settings', () => {
  it('is shown with how many and since when, alerts only', async () => {
    await open('billing', 'support/INBOX', 5);
    await open('billing', 'support/INBOX', 50);
    await open('vip', 'old/INBOX', 3);
    await open('unknown', 'old/INBOX', 3);
    const printed = await lines();
    expect(printed.slice(2, 5).map((line) => line.trim())).toEqual([
      'removed from the settings, with alerts that are open:',
      expect.stringMatching(/^route billing: 2 open, the oldest from 2 days ago \(.*\)$/),
      expect.stringMatching(/^mailbox old\/INBOX: 1 open, the oldest from 3 hours ago \(.*\)$/),
    ]);
    expect(printed[0], 'it is still open in its route').toContain('1 on their way');
  });

  it('is not guessed at for mailboxes, where the deployment does not say which it polls', async () => {
    await open('vip', 'old/INBOX');
    const printed = await lines({ routes: ['vip'], mailboxes: undefined });
    expect(printed.join('\n')).not.toContain('old/INBOX');
    expect(printed).toContain(
      'mailboxes that were removed from the settings are not known: deploy again (npx cdk deploy)',
    );
  });
});

it('shows what the last checks found: a route is alive or dead, a path to the operator open or closed', async () => {
  const at = services.clock.now();
  const found = { checkedAt: at, since: at };
  const dead = (text: string) => ({ ...found, state: 'dead', failure: sampleFailure({ text }) }) as const;
  await services.targetChecks.record('route/vip', dead('Missing Access'));
  await services.targetChecks.record('path/digest', { ...found, state: 'alive', failure: undefined });
  await services.targetChecks.record('path/alarms', dead('Click the link.'));
  const since = `since ${at.toISOString()}`;
  expect((await lines({ routes: ['vip'], mailboxes: [] })).map((line) => line.trim())).toEqual([
    `vip          dead ${since} · 0 on their way, 0 dead`,
    'Missing Access',
    `digest       open ${since}`,
    `alarms       closed ${since}`,
    'Click the link.',
  ]);
});
