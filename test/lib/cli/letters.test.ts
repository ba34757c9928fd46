import { beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../lib/cli/command-error.ts';
import { letters } from '../../../lib/cli/letters.ts';
import { alertOf } from '../../core/delivery/alert-of.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';
import { memoryDeadLetters } from '../../fakes/memory-dead-letters.ts';

let lines: string[];
let deadLetters: ReturnType<typeof memoryDeadLetters>;
let clock: ReturnType<typeof fakeClock>;
beforeEach(() => {
  lines = [];
  deadLetters = memoryDeadLetters();
  clock = fakeClock();
});

const run = (removed?: string, routes = ['vip', 'stripe']) =>
  letters({ routes, removed }, { deadLetters, clock }, (line) => void lines.push(line));
const put = (route: string, body: string) =>
  deadLetters.put(route, { body, mailId: undefined, failure: undefined, sentAt: clock.now() });
const bodiesOf = (route: string) => deadLetters.of(route).map(({ body }) => body);

describe('letters', () => {
  it('shows what cannot be read, since when and why, and how to remove it', async () => {
    put('vip', '{"damaged');
    put('vip', JSON.stringify(alertOf(1)));
    clock.advance(3 * 60_000);
    expect(await run()).toBe(0);
    expect(lines).toEqual([
      'vip: unreadable dead letters: 1',
      expect.stringMatching(/^ {2}letter-1 {2}sent 3 minutes ago \(.+\)$/),
      '    the message is not JSON',
      '    {"damaged',
      '  To remove one: npm run rollcall -- letters vip --remove <id>   (or all of them: --remove all)',
      'stripe: no unreadable dead letter',
    ]);
    expect(deadLetters.of('vip')).toHaveLength(2);
  });

  it('lets nothing of a message steer the terminal, and shows a long one by its beginning', async () => {
    const hostile = '\u001b]0;owned\u0007\u202e\nbell\u0007';
    put('vip', JSON.stringify({ ...alertOf(1), [hostile]: 1, long: 'x'.repeat(5_000) }));
    put('vip', hostile);
    put('vip', '');
    await run(undefined, ['vip']);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(lines.every((line) => line.length <= 310)).toBe(true);
    expect(lines.join('\n')).toContain('Unrecognized keys: "]0;owned bell", "long"');
    expect(lines).toContain('    ]0;owned bell');
    expect(lines).toContain('    (empty)');
  });

  it('removes the one that is named, of whichever route, and says so', async () => {
    put('vip', 'one');
    put('stripe', 'two');
    put('stripe', 'three');
    expect(await run('letter-2')).toBe(0);
    expect(lines).toEqual(['stripe: removed letter-2']);
    expect([bodiesOf('vip'), bodiesOf('stripe')]).toEqual([['one'], ['three']]);
  });

  it('removes all that cannot be read, and nothing else', async () => {
    put('vip', 'one');
    put('vip', JSON.stringify(alertOf(1)));
    put('vip', 'two');
    expect(await run('all')).toBe(0);
    expect(lines).toEqual(['vip: removed letter-1', 'vip: removed letter-3', 'stripe: no unreadable dead letter']);
    expect(bodiesOf('vip')).toEqual([JSON.stringify(alertOf(1))]);
  });

  it('refuses an id that names none of them, and one that names an alert', async () => {
    put('vip', JSON.stringify(alertOf(1)));
    await expect(run('letter-1')).rejects.toThrow(CommandError);
    await expect(run('nonsense')).rejects.toThrow(
      'There is no unreadable dead letter nonsense of vip, stripe. See which there are: npm run rollcall -- letters',
    );
    expect(deadLetters.of('vip')).toHaveLength(1);
  });

  it('fails where one is there and cannot be removed, and says what to do', async () => {
    put('vip', 'one');
    deadLetters.remove = async () => false;
    expect(await run('all', ['vip'])).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/^vip: letter-1 was not removed: .* npm run rollcall -- letters vip$/),
    ]);
  });
});
