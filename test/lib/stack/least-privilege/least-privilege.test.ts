import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { PortList } from '../../../../functions/adapters/ports.ts';
import { filesUnder } from '../../../docs/project-files.ts';
import { liveThroughEverything, type Story } from './recorded-story.ts';
import { FUNCTION_NAMES, FUNCTIONS, judge } from './stack-functions.ts';

// The ports that handlers are wired with are the real ones, and also say which of their methods are called.
vi.mock('../../../../functions/wiring/dynamo.ts', async (original) => {
  const { notingPorts } = await import('./recorded-calls.ts');
  return notingPorts(await original(), {
    ledgerFrom: 'ledger',
    watermarksFrom: 'watermarks',
    targetChecksFrom: 'targetChecks',
    pausesFrom: 'pauses',
    digestRunsFrom: 'digestRuns',
  });
});
vi.mock('../../../../functions/wiring/queues.ts', async (original) => {
  const { notingPorts } = await import('./recorded-calls.ts');
  return notingPorts(await original(), {
    routeQueuesFrom: 'routeQueues',
    deadLettersFrom: 'deadLetters',
    alertQueueFrom: 'queue',
  });
});
vi.mock('../../../../functions/wiring/spool.ts', async (original) => {
  const { notingPorts } = await import('./recorded-calls.ts');
  return notingPorts(await original(), { spoolFrom: 'spool' });
});
vi.mock('../../../../functions/wiring/mailer.ts', async (original) => {
  const { notingPorts } = await import('./recorded-calls.ts');
  return notingPorts(await original(), { mailerFrom: 'mailer' });
});
vi.mock('../../../../functions/wiring/chat.ts', async (original) => {
  const { notingPorts } = await import('./recorded-calls.ts');
  return notingPorts(await original(), { chatPosterFrom: 'chat', chatProbeFrom: 'chat' });
});
vi.mock('../../../../functions/wiring/mail-readers.ts', async (original) => {
  const { notingPorts } = await import('./recorded-calls.ts');
  return notingPorts(await original(), { mailReadersFrom: 'reader' });
});
vi.mock('../../../../functions/wiring/logins.ts', async (original) => {
  const { notingPorts } = await import('./recorded-calls.ts');
  return notingPorts(await original(), { loginsFrom: 'login' });
});
vi.mock('../../../../functions/wiring/operator-paths.ts', async (original) => {
  const { notingPorts } = await import('./recorded-calls.ts');
  return notingPorts(await original(), { operatorPathsFrom: 'operatorPaths' });
});

let story: Story;
let judged: ReturnType<typeof judge>;

beforeAll(async () => {
  story = await liveThroughEverything();
  judged = judge(story.calls, story.input);
});

describe.each(FUNCTION_NAMES)('%s', (name) => {
  it('may make every call that it makes', () => {
    expect(judged.refused(name)).toEqual([]);
  });

  it('may make no call that it never makes', () => {
    expect(judged.unused(name)).toEqual([]);
  });

  it('calls every port method that it is handed', () => {
    expect([...(story.calledMethods.get(name) ?? [])].sort()).toEqual(methodsIn(FUNCTIONS[name].ports));
  });
});

it('are all the functions of the stack', () => {
  expect(judged.deployed.sort()).toEqual([...FUNCTION_NAMES].sort());
  expect(judged.callers.sort()).toEqual([...FUNCTION_NAMES].sort());
});

it('live through every branch', () => {
  expect(Object.entries(story.branches).filter(([, times]) => times < 1)).toEqual([]);
});

it('make every call in the story that the adapters know', () => {
  const known = filesUnder('functions/adapters', /\.ts$/).flatMap(({ text }) =>
    [...text.matchAll(/\bnew (\w+)Command\(|\bpaginate(\w+)\(/g)].map(([, sent, paged]) => sent ?? paged),
  );
  expect(known.length).toBeGreaterThan(0);
  const commands = new Set(story.calls.map(({ command }) => command));
  expect([...commands].sort()).toEqual([...new Set(known.map((name) => `${name}Command`))].sort());
});

/** As they are called: posts that were sent are asked for in the ledger. */
function methodsIn(ports: PortList): string[] {
  return Object.entries(ports)
    .flatMap(([port, methods]) => methods.map((method) => `${port === 'sentPosts' ? 'ledger' : port}.${method}`))
    .sort();
}
