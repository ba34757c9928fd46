import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import shippedSettings from '../../../functions/settings.ts';
import { ledgerFrom } from '../../../functions/wiring/dynamo.ts';
import { secretsFrom } from '../../../functions/wiring/secrets.ts';
import type { CommandCall } from '../../../lib/cli/command.ts';
import { CommandError } from '../../../lib/cli/command-error.ts';
import { parseCommandLine } from '../../../lib/cli/command-line.ts';
import { COMMANDS } from '../../../lib/cli/commands.ts';
import { deployedEnvironment } from '../../../lib/cli/deployment.ts';
import { type LocalWorld, startLocalWorld } from '../../../lib/local/local-world.ts';
import { sampleEntry } from '../../contracts/sample-entry.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';

const MAIN = fileURLToPath(new URL('../../../lib/cli/main.ts', import.meta.url));

const vip = shippedSettings.routes[0]!.target;
const channelId = vip.kind === 'bot' ? vip.channelId : '';

let world: LocalWorld;
const journal = recordingJournal();

beforeAll(async () => {
  world = await startLocalWorld(
    shippedSettings,
    { imap: undefined, since: 'all', discordUrl: undefined },
    journal,
    () => {},
  );
});

afterAll(() => world.stop());

/** Does what the command does, in this process. `changes` to the call where the command line cannot say it. */
async function rollcall(
  commandLine: readonly string[],
  changes: (call: CommandCall) => Partial<CommandCall> = () => ({}),
): Promise<{ exitCode: number; output: string }> {
  const parsed = parseCommandLine(commandLine, COMMANDS, {});
  if (parsed.kind === 'usage') throw new Error('no command');
  const { command, call } = parsed;
  const lines: string[] = [];
  const whole: CommandCall = {
    ...call,
    settings: async () => shippedSettings,
    deployed: () => deployedEnvironment(call.environment, call.stackName),
    ask: () => Promise.reject(new Error('nobody is to be asked')),
    print: (line) => void lines.push(line),
  };
  const exitCode = await command.run({ ...whole, ...changes(whole) });
  return { exitCode, output: lines.join('\n') };
}

const local = (...command: string[]) => rollcall([...command, '--local', world.parameters.url]);

describe('a channel that is closed, and mended', () => {
  const vipPosts = () => world.discord?.posts().filter((post) => post.channelId === channelId) ?? [];

  beforeAll(async () => {
    world.discord?.faults.add({ channelId, outcome: { kind: 'answer', status: 403, code: 50001 } });
    await world.pipeline.poll();
    await world.pipeline.drained();
    await world.pipeline.checkRoutes();
  });

  it('status says what is open and what the last check found', async () => {
    const { exitCode, output } = await local('status');
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^vip +dead since \S+ · 0 on their way, [1-9]\d* dead, the oldest from \S+$/m);
    expect(output).toContain(`Missing Access (check ${vip.name})`);
    expect(output).toMatch(/^stripe +alive since \S+ · 0 on their way, 0 dead$/m);
    // A local run cannot know whether a digest or an alarm would arrive, so it does not say so.
    expect(output).toMatch(/^digest +not checked since \S+\n +The embedded SES .* verifies no address\.$/m);
    expect(output).toMatch(/^alarms +not checked since \S+\n +A local run has no SNS/m);
  });

  it('redrive stops where the first alerts die again, says why, and fails', async () => {
    const { exitCode, output } = await local('redrive', 'vip');
    expect(output).toContain('vip: stopped, because the first one failed again: Missing Access');
    expect(exitCode).toBe(1);
    expect(vipPosts()).toEqual([]);
  });

  it('redrive delivers what is parked as soon as the channel is mended, and a second time does nothing', async () => {
    world.discord?.faults.clear();
    const first = await local('redrive', 'vip');
    expect(first.output).toMatch(/^vip: [1-9]\d* requeued, [1-9]\d* dead letters removed$/m);
    expect(first.exitCode).toBe(0);
    await world.pipeline.drained();
    const shown = vipPosts().flatMap(({ body }) => body.embeds ?? []);
    expect(shown.length).toBeGreaterThan(0);

    const second = await local('redrive');
    expect(second).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^vip: nothing to requeue$/m) });
    expect(vipPosts().flatMap(({ body }) => body.embeds ?? [])).toEqual(shown);
    expect((await local('status')).output).toMatch(/^vip .* 0 on their way, 0 dead$/m);
  });

  it('a check delivers by itself what died meanwhile', async () => {
    const { mails } = await world.totals(undefined);
    expect(mails.filter(({ route, state }) => route === 'vip' && state !== 'settled')).toEqual([]);
    const fault = world.discord?.faults.add({ channelId, outcome: { kind: 'answer', status: 403, code: 50001 } });
    world.imap?.deliver(Buffer.from(mailFor('board@example.com')));
    await world.pipeline.poll();
    await world.pipeline.drained();
    expect((await local('status')).output).toMatch(/^vip .* 1 dead/m);
    const before = vipPosts().length;
    world.discord?.faults.remove(fault ?? '');
    await world.pipeline.checkRoutes();
    await world.pipeline.drained();
    expect(vipPosts().length).toBe(before + 1);
  });
});

describe('an alert whose queue was purged a moment ago', () => {
  it('is on its queue again after redrive, and arrives once', async () => {
    const { shown, fault } = await alertThatWaits('Purged');
    const sqs = new SQSClient(awsClientOptions(world.environment, 'SQS'));
    await sqs.send(new PurgeQueueCommand({ QueueUrl: world.aws.queueUrls.vip }));
    sqs.destroy();
    world.discord?.faults.remove(fault);
    expect(await local('redrive', 'vip')).toEqual({
      exitCode: 0,
      output: 'vip: 1 alerts requeued\nvip: 1 requeued, 0 dead letters removed',
    });
    await world.pipeline.drained();
    expect(shown()).toBe(1);
    expect((await local('redrive', 'vip')).output).toBe('vip: nothing to requeue');
  });

  /** A mail for vip whose first post failed, so that its message hides in the queue until the next try. */
  async function alertThatWaits(subject: string): Promise<{ shown: () => number; fault: string }> {
    const fault = world.discord?.faults.add({ channelId, outcome: { kind: 'answer', status: 503 } }) ?? '';
    world.imap?.deliver(Buffer.from(mailFor('board@example.com', subject)));
    await world.pipeline.poll();
    await world.pipeline.drained();
    expect((await local('status')).output).toMatch(/^vip .* 1 on their way, 0 dead/m);
    const shown = () => {
      const embeds = world.discord?.posts().flatMap(({ body }) => body.embeds ?? []) ?? [];
      return embeds.filter(({ title }) => title === subject).length;
    };
    return { shown, fault };
  }
});

describe('a message in a queue that no poster can read', () => {
  it('becomes a dead letter, and is in status until the command has removed it', async () => {
    const sqs = new SQSClient(awsClientOptions(world.environment, 'SQS'));
    await sqs.send(new SendMessageCommand({ QueueUrl: world.aws.queueUrls.stripe, MessageBody: '{"put": "by hand"}' }));
    sqs.destroy();
    await world.pipeline.drained();
    const shownByStatus = /^stripe .*\n +unreadable dead letters: 1\. See them: npm run rollcall -- letters stripe$/m;
    expect((await local('status')).output).toMatch(shownByStatus);
    expect((await local('redrive', 'stripe')).output).toMatch(
      /^stripe: nothing to requeue\nstripe: unreadable dead letters: 1\. They stay where they are\./,
    );

    const { output } = await local('letters');
    expect(output).toMatch(/^vip: no unreadable dead letter$/m);
    const [, id = ''] =
      /^stripe: unreadable dead letters: 1\n {2}(\S+) {2}sent less than a minute ago/m.exec(output) ?? [];
    expect(output).toContain('\n    the message does not follow its schema: ');
    expect(output).toContain('\n    {"put": "by hand"}');
    expect((await local('status')).output, 'looking removes nothing').toMatch(shownByStatus);

    await expect(local('letters', 'vip', '--remove', id)).rejects.toThrow(
      `There is no unreadable dead letter ${id} of vip.`,
    );
    expect(await local('letters', '--remove', id)).toEqual({ exitCode: 0, output: `stripe: removed ${id}` });
    expect((await local('status')).output).not.toContain('unreadable');
    expect((await local('letters', 'stripe')).output).toBe('stripe: no unreadable dead letter');
  });
});

it('status knows what was deployed: an open alert of another route and mailbox is shown apart', async () => {
  await ledgerFrom(world.environment).accept(
    sampleEntry({ route: 'removed-route', location: { mailbox: 'removed/INBOX', uidValidity: '1', uid: 1 } }),
  );
  const { output } = await local('status');
  expect(output).toMatch(/^ +route removed-route: 1 open, the oldest from .* ago/m);
  expect(output).toMatch(/^ +mailbox removed\/INBOX: 1 open, the oldest from .* ago/m);
  expect(output).not.toContain('support/INBOX');
});

function mailFor(from: string, subject = 'Parked'): string {
  const id = subject.toLowerCase();
  return `From: ${from}\r\nTo: support@example.com\r\nSubject: ${subject}\r\nMessage-ID: <${id}@example.com>\r\n\r\nText\r\n`;
}

describe('rescan', () => {
  const rescanned = async (mailbox: string | undefined, mailboxes = shippedSettings.mailboxes) => {
    const named = mailbox === undefined ? [] : ['--mailbox', mailbox];
    const commandLine = ['rescan', '--days', '3', ...named, '--local', world.parameters.url];
    return (await rollcall(commandLine, () => ({ settings: async () => ({ ...shippedSettings, mailboxes }) }))).output;
  };

  it('has the next poll read the last days again, and nothing is posted twice', async () => {
    await world.pipeline.poll();
    await world.pipeline.drained();
    const posts = world.discord?.posts().length;
    expect(await rescanned(undefined)).toContain('the next poll reads again what arrived since');
    await world.pipeline.poll();
    await world.pipeline.drained();
    expect(world.discord?.posts()).toHaveLength(posts ?? 0);
    expect(journal.of('poll restarted').map(({ restart }) => restart.reason)).toEqual(['rescan']);
    expect(journal.of('mail recognised')).not.toEqual([]);
  });

  it('names the mailboxes that there are, where none or another one is named', async () => {
    await expect(rescanned('support/Nowhere')).rejects.toThrow('no mailbox support/Nowhere. There are: support/INBOX.');
    const [first] = shippedSettings.mailboxes;
    const two = [...shippedSettings.mailboxes, { ...(first as NonNullable<typeof first>), account: 'sales' }];
    await expect(rescanned(undefined, two)).rejects.toThrow('--mailbox. There are: support/INBOX, sales/INBOX.');
  });
});

describe('what needs no deployment', () => {
  it('check looks at a local run’s secrets and channels, and says what is not checked there', async () => {
    const { exitCode, output } = await local('check');
    const lines = output.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '✓ /rollcall/discord-bot-token: the bot token for vip, stripe, customer is stored',
        '✓ route vip: Discord would accept posts',
        '– digest: The embedded SES accepts every email and verifies no address.',
        '– alarms: A local run has no SNS and raises no alarms.',
      ]),
    );
    // The shipped settings' mailbox has no password here: the sample mailbox has one of its own.
    expect(lines.filter((line) => line.startsWith('✗'))).toEqual([
      expect.stringMatching(/^✗ \/rollcall\/support\/password: There is no secret/),
    ]);
    expect(exitCode).toBe(1);
  });

  it('check signs in to the mailbox, and calls no path to the operator open that nobody vouches for', async () => {
    const environment = { ...world.environment, DISCORD_API_URL: world.discordUrl };
    const undeployed = { isLocal: false, environment, settings: async () => world.settings };
    const commandLine = ['check', '--stack', 'Another', '--local', world.parameters.url];
    const lines = (await rollcall(commandLine, () => undeployed)).output.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^✓ mailbox support\/INBOX: logged in; its next email gets uid \d+$/),
        '– alarms: Nothing is deployed yet. After the deployment, their address has to confirm its subscription.',
      ]),
    );
    // The embedded SES knows no identities.
    expect(lines.filter((line) => line.includes('digest'))).toEqual([expect.stringMatching(/^✗ digest: /)]);
  });

  it('preview shows where the mail of the mailbox would go, and is for real mailboxes', async () => {
    const commandLine = ['preview', '--days', '30', '--local', world.parameters.url];
    await expect(rollcall(commandLine)).rejects.toThrow(CommandError);
    const real = { environment: world.environment, isLocal: false, settings: async () => world.settings };
    const lines = (await rollcall(commandLine, () => real)).output.split('\n');
    expect(lines).toContain('vip (board and investors)  Maren Holt <board@example.com>  Board call moves to 15:15');
    expect(lines.at(-1)).toMatch(/^\d+ emails of the last 30 days: .*\d+ vip/);
  });

  it('secrets stores in the parameter store what it was given, where Rollcall reads it', async () => {
    const ask = async () => 'a new password';
    const named = ['secrets', '/rollcall/support/password', '--local', world.parameters.url];
    expect((await rollcall(named, () => ({ ask }))).exitCode).toBe(0);
    expect(await secretsFrom(world.environment).read('/rollcall/support/password')).toBe('a new password');
    const again = await local('secrets');
    expect(again.exitCode).toBe(0);
    expect(again.output.split('\n').at(-1)).toContain('is stored already');
  });
});

describe('what is wrong is said with the way out', () => {
  it.each([
    [['mend'], 'There is no command mend.'],
    [['redrive', 'vip', 'stripe'], 'redrive does not take stripe.'],
    [['letters', 'vip', 'stripe'], 'letters does not take stripe.'],
    [['status', 'vip'], 'status does not take vip.'],
    [['check', 'vip'], 'check does not take vip.'],
    [['secrets', '/one', '/two'], 'secrets does not take /two.'],
    [['constructor'], 'There is no command constructor.'],
    [['preview', '--days', '0', '--region', 'eu-central-1'], '--days 0: takes a number of days'],
    [['status', '--days', '3'], 'status does not take --days.'],
    [['letters', '--mailbox', 'support/INBOX'], 'letters does not take --mailbox.'],
    [['redrive', '--nonsense'], '--nonsense'],
    [['redrive'], 'Set AWS_REGION, or add --region'],
    [['redrive', '--local', 'here'], '--local here: takes the address that npm start prints'],
    [
      ['status', '--local', 'http://127.0.0.1:9'],
      'The stack Rollcall cannot be looked up in http://127.0.0.1:9: ECONNREFUSED',
    ],
  ])('%j', async (commandLine, text) => {
    await expect(rollcall(commandLine)).rejects.toThrow(CommandError);
    await expect(rollcall(commandLine)).rejects.toThrow(text);
  });

  it('a route and a stack that are not there', async () => {
    await expect(local('letters', 'vpi')).rejects.toThrow('There is no route vpi. There are: vip, stripe, customer.');
    await expect(local('redrive', 'vpi')).rejects.toThrow('There is no route vpi. There are: vip, stripe, customer.');
    await expect(local('status', '--stack', 'Another')).rejects.toThrow('There is no stack Another in');
  });
});

describe('the program', () => {
  it('prints, and exits 0', async () => {
    const { exitCode, output } = await run('status', '--local', world.parameters.url);
    expect(output).toMatch(/^vip +/m);
    expect(exitCode).toBe(0);
  });

  it('says a mistake without a stack trace, and exits 1', async () => {
    const { exitCode, output } = await run('mend');
    expect(output).toMatch(/^There is no command mend\.\n\nUsage:/);
    expect(output).not.toContain('    at ');
    expect(exitCode).toBe(1);
  });

  it.each(COMMANDS.map(({ name }) => name))('shows what %s takes', (name) => {
    const parsed = parseCommandLine([name, '--help'], COMMANDS, {});
    const text = parsed.kind === 'usage' ? parsed.text : '';
    expect(text).toMatch(new RegExp(`^Usage: npm run rollcall -- ${name} `));
    expect(text).toContain('--local URL');
  });

  it('shows the usage where nothing is asked', async () => {
    expect(await run()).toMatchObject({ exitCode: 0, output: expect.stringContaining('redrive [ROUTE]') });
  });

  async function run(...commandLine: string[]): Promise<{ exitCode: number | null; output: string }> {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...commandLine], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // As in a shell that knows of no AWS account.
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
});
