import { beforeEach, describe, expect, it } from 'vitest';
import { MailboxFailure } from '../../../functions/core/mail/mailbox-failure.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { SecretMissing } from '../../../functions/core/secrets.ts';
import { MAILBOX, polledMailbox, testWorld } from '../../test-world.ts';

const MINUTE_MS = 60_000;
const REFUSAL = 'mail.example.com refused the login: [AUTHENTICATIONFAILED] no';

/** A mailbox whose server refuses every password but the right one. */
function world() {
  const { services, clock, deliver, queued } = testWorld();
  let version = 'first';
  let isRight = false;
  let failure: Error = new MailboxFailure('credentials', REFUSAL);
  const tries: Date[] = [];
  const reader: typeof services.reader = {
    async visit(folder, visit) {
      tries.push(clock.now());
      if (!isRight) throw failure;
      return await services.reader.visit(folder, visit);
    },
  };
  const login = { version: async () => version };
  return {
    services,
    clock,
    deliver,
    queued,
    login,
    tries,
    poll: async () => await pollMailbox(polledMailbox(), { ...services, reader, login }, () => 300_000),
    health: async () => await services.watermarks.get(MAILBOX),
    store: (stored: string) => {
      version = stored;
    },
    becomesRight: () => {
      isRight = true;
    },
    failsWith: (other: Error) => {
      failure = other;
    },
  };
}

let the = world();
beforeEach(() => {
  the = world();
});

/** A poll every 15 minutes, the first one at once; what each said. */
async function polls(count: number): Promise<string[]> {
  const said: string[] = [];
  for (let poll = 0; poll < count; poll += 1) {
    if (said.length > 0) the.clock.advance(15 * MINUTE_MS);
    said.push(
      await the.poll().then(
        () => 'read',
        ({ message }) => String(message),
      ),
    );
  }
  return said;
}

const minutesOf = (tries: readonly Date[]) =>
  tries.map((at) => (at.getTime() - (tries[0]?.getTime() ?? 0)) / MINUTE_MS);

describe('a login that the server refuses', () => {
  it('is tried again after 15 minutes, after an hour, and then every four hours', async () => {
    await polls(1 + (15 * 60) / 15);
    expect(minutesOf(the.tries)).toEqual([0, 15, 75, 315, 555, 795]);
  });

  it('fails every poll meanwhile, with the words of the server and when polls try again', async () => {
    const [first, second, third] = await polls(3);
    expect([first, second]).toEqual([REFUSAL, REFUSAL]);
    expect(third).toContain(REFUSAL);
    expect(third).toContain('Polls try again after');
    expect(the.services.journal.of('poll failed')).toHaveLength(3);
    expect(await the.health()).toMatchObject({
      pollsSinceDigest: 3,
      failedPollsSinceDigest: 3,
      lastPollError: { kind: 'credentials', text: REFUSAL, at: the.clock.now(), refusedLogin: { times: 2 } },
    });
  });

  it('is tried at once when the secret is stored again, and every email is read', async () => {
    await polls(7);
    the.deliver('vip');
    the.clock.advance(MINUTE_MS);
    the.store('second');
    the.becomesRight();
    await the.poll();
    expect(the.queued('vip')).toEqual(['vip']);
    expect((await the.health())?.lastPollError).toBeUndefined();
  });

  it('counts from the beginning where another secret is refused as well', async () => {
    await polls(7);
    the.store('second');
    the.tries.length = 0;
    await polls(8);
    expect(minutesOf(the.tries)).toEqual([0, 15, 75]);
  });

  it('is tried again without a change once the time is over, and then read as ever', async () => {
    await polls(3);
    the.becomesRight();
    the.deliver('vip');
    expect((await polls(5)).at(-1)).toBe('read');
    expect(the.queued('vip')).toEqual(['vip']);
  });

  it('may come a little early, as schedules do', async () => {
    await the.poll().catch(() => undefined);
    the.clock.advance(15 * MINUTE_MS - 2_000);
    await the.poll().catch(() => undefined);
    expect(the.tries).toHaveLength(2);
  });

  it('is recorded as a failure also where its version cannot be read', async () => {
    the.login.version = async () => await Promise.reject(new SecretMissing('/rollcall/password'));
    await expect(the.poll()).rejects.toMatchObject({
      errors: [{ kind: 'credentials' }, { parameter: '/rollcall/password' }],
    });
    expect((await the.health())?.lastPollError).toMatchObject({ kind: 'credentials', text: REFUSAL });
  });
});

it('any other failure is tried again by the next poll', async () => {
  the.failsWith(new MailboxFailure('connection', 'refused'));
  await polls(8);
  expect(the.tries).toHaveLength(8);
});
