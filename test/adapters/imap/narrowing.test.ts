import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { auditWorld } from '../../core/audit/audit-world.ts';
import { polledMailbox, testWorld } from '../../test-world.ts';
import { readerAt } from './reader-at.ts';
import { fetchAnswer, type ScriptedImapServer, startScriptedImapServer } from './scripted-imap-server.ts';

/** A server that never returns some emails, and answers everything else correctly. */

let server: ScriptedImapServer | undefined;
afterEach(() => server?.stop());

/** @param answers `before` it and of all `others` */
type Refusal = (tag: string, socket: Socket, answers: { before: string; others: string }) => string;

/** What such servers do when a FETCH comes to that email. */
const REFUSALS: readonly [string, Refusal][] = [
  ['NO', (tag, _socket, { before }) => `${before}${tag} NO [SERVERBUG] System Error\r\n`],
  ['NO for the whole command', (tag) => `${tag} NO Some messages could not be FETCHed\r\n`],
  ['BAD', (tag, _socket, { before }) => `${before}${tag} BAD Command Error. 12\r\n`],
  [
    'BYE',
    (_tag, socket, { before }) => {
      socket.end(`${before}* BYE Internal error occurred\r\n`);
      return '';
    },
  ],
  [
    'a dropped connection',
    (_tag, socket) => {
      socket.destroy();
      return '';
    },
  ],
  ['a line that is not IMAP', (tag, _socket, { before }) => `${before}* 1 FETCH (UID \u0001(\r\n${tag} OK done\r\n`],
  ['an email left out', (tag, _socket, { others }) => `${others}${tag} OK done\r\n`],
];

const UIDS = Array.from({ length: 40 }, (_, index) => index + 1);

/** @param fails the commands that fail for an email that is not returned */
async function withholding(withheld: readonly number[], refusal: Refusal, fails = (_command: string) => true) {
  server = await startScriptedImapServer({
    uids: UIDS,
    answer(command, tag, socket) {
      const [, set = ''] = /^UID FETCH ([\d:,]+) /.exec(command) ?? [];
      const asked = set ? namedBy(set) : [];
      const culprit = asked.find((uid) => withheld.includes(uid));
      if (culprit === undefined || !fails(command)) return undefined;
      const answerOf = (uids: readonly number[]) =>
        uids.length > 0 ? fetchAnswer(`UID FETCH ${uids.join(',')} `, UIDS) : '';
      return refusal(tag, socket, {
        before: answerOf(asked.filter((uid) => uid < culprit)),
        others: answerOf(asked.filter((uid) => !withheld.includes(uid))),
      });
    },
  });
  return server;
}

function namedBy(set: string): number[] {
  return set.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split(':').map(Number);
    return UIDS.filter((uid) => uid >= first && uid <= last);
  });
}

async function poll(access: ScriptedImapServer, exchangeTimeoutMs?: number) {
  const { services, ...world } = testWorld();
  const report = await pollMailbox(
    polledMailbox(),
    { ...services, reader: readerAt(access, { exchangeTimeoutMs }) },
    () => 300_000,
  );
  return { report, services, ...world };
}

describe.each(REFUSALS)('an email that the server answers with %s', (_what, refusal) => {
  it.each([
    ['the first', [1]],
    ['the last', [40]],
    ['one in the middle', [23]],
    ['several', [7, 8, 31]],
  ])(
    '%s: everything else is handed over in the same poll, and it is unknown with the reason',
    async (_where, withheld) => {
      const { report, services, watermark } = await poll(await withholding(withheld, refusal));
      expect(report).toMatchObject({ accepted: 40, left: 0 });
      expect((await watermark())?.lastUid).toBe(40);
      const entries = services.ledger.entries();
      const lacking = entries.filter(({ fingerprint }) => fingerprint === 'withheld');
      expect(lacking.map(({ location }) => location.uid)).toEqual(withheld);
      for (const { route, reason } of lacking) {
        expect({ route, reason }).toEqual({
          route: 'unknown',
          reason: expect.stringContaining('does not hand it out: '),
        });
      }
      expect(entries.filter(({ record }) => record.snippet.startsWith('text '))).toHaveLength(40 - withheld.length);
    },
  );
});

it('an email at which the server falls silent', async () => {
  const { report, services } = await poll(await withholding([23], (_tag, _socket, { before }) => before), 6_000);
  expect(report).toMatchObject({ accepted: 40, left: 0 });
  const lacking = services.ledger.entries().filter(({ fingerprint }) => fingerprint === 'withheld');
  expect(lacking.map(({ location }) => location.uid)).toEqual([23]);
});

describe('an email of which only a part is refused', () => {
  it('its structure: it is read without it', async () => {
    // Emails without text have their structure asked for.
    const access = await withholding(
      [5],
      (tag) => `${tag} NO damaged\r\n`,
      (command) => command.includes('BODYSTRUCTURE'),
    );
    const { report, services } = await poll(access);
    expect(report).toMatchObject({ accepted: 40 });
    expect(services.ledger.entries().filter(({ fingerprint }) => fingerprint === 'withheld')).toEqual([]);
  });

  it('its text: it is classified by its header, and says what the server says', async () => {
    const refusal: Refusal = (tag) => `${tag} NO [SERVERBUG] text is damaged\r\n`;
    const access = await withholding([5], refusal, (command) => command.includes('BODY.PEEK[TEXT]'));
    const { services } = await poll(access);
    const entry = services.ledger.entries().find(({ location }) => location.uid === 5);
    expect(entry).toMatchObject({ reason: expect.not.stringContaining('hand it out') });
    expect(entry?.record.snippet).toMatch(/^\(The server does not hand out the text: .*text is damaged/);
  });
});

it('the server that hands out nothing is down: the poll fails, and nothing is skipped', async () => {
  await expect(poll(await withholding(UIDS, (tag) => `${tag} NO [UNAVAILABLE] later\r\n`))).rejects.toMatchObject({
    kind: 'unavailable',
  });
});

it('an older email tells whether the only new one is at fault', async () => {
  const access = await withholding([40], (tag) => `${tag} NO System Error\r\n`);
  const { services, watermark } = testWorld();
  const polled = polledMailbox({ startFrom: 'now' });
  await services.watermarks.create({
    ...{ mailbox: polled.mailbox, uidValidity: '9', lastUid: 39, baselineUid: 39 },
    ...{ beganAt: new Date(), accountedSince: new Date(0), restart: undefined },
  });
  await pollMailbox(polled, { ...services, reader: readerAt(access) }, () => 300_000);
  expect((await watermark())?.lastUid).toBe(40);
  expect(services.ledger.entries()).toMatchObject([
    { location: { uid: 40 }, reason: expect.stringContaining('System Error') },
  ]);
});

it('an audit tries again, and takes the email in once the server hands it out', async () => {
  const world = auditWorld();
  let isDamaged = true;
  const access = await withholding(
    [5],
    (tag) => `${tag} NO System Error\r\n`,
    () => isDamaged,
  );
  const reader = readerAt(access);
  await pollMailbox(polledMailbox(), { ...world, reader }, () => 300_000);
  expect(await world.audit({ reader })).toMatchObject({ accounted: 40, recovered: 0, inMailbox: 40 });
  isDamaged = false;
  expect(await world.audit({ reader })).toMatchObject({ recovered: 1, inMailbox: 40 });
  expect(await world.audit({ reader })).toMatchObject({ accounted: 40, recovered: 0 });
  const at5 = world.ledger.entries().filter(({ location }) => location.uid === 5);
  expect(at5.map(({ record }) => record.snippet)).toEqual(['', 'text 5']);
});
