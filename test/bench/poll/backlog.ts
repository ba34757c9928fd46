import assert from 'node:assert/strict';
import type { Dovecot } from '../../dovecot/dovecot.ts';
import type { BenchOptions } from '../bench.ts';
import { type Bar, figure, median, spread, table } from '../figures.ts';
import type { Contestants } from './contestant.ts';
import type { Answer, ReadMail, Task } from './contestants/task.ts';
import { generatedMails } from './generated-mail.ts';
import { startProxy, type Traffic } from './proxy.ts';

/** This many emails are in memory at once. */
const DELIVERED_AT_ONCE = 200;

type Expected = { subject: string; textContains: string };
type Figures = Traffic & { answers: Answer[] };

const LABELS = {
  rollcall: "Rollcall's reader",
  incident: 'imaplib, one RFC822 fetch a mail',
  imapflow: 'imapflow, source and simpleParser',
  rawSocket: "raw socket, Rollcall's commands",
} as const satisfies Record<keyof Contestants, string>;

/** A backlog: sender, subject and snippet of every mail, over TLS, the contestants taking turns. */
export async function benchBacklog(
  dovecot: Dovecot,
  contestants: Contestants,
  { mails, runs }: BenchOptions,
  print: (text: string) => void,
): Promise<readonly Bar[]> {
  const expected = fill(dovecot, mails, print);
  const { figures, commands } = await countAndCheck(dovecot, contestants, expected, print);
  const task = taskFor(dovecot, { port: dovecot.imapsPort, tls: true, commands });
  for (let run = 0; run < runs; run += 1) {
    for (const name of turnsOf(run)) {
      const answer = await contestants[name](task);
      if (name !== 'rawSocket') assert.equal(answer.mails, mails, LABELS[name]);
      figures[name].answers.push(answer);
    }
    print(
      `run ${run + 1} of ${runs}: ${names()
        .map((name) => `${name} ${figure(figures[name].answers.at(-1)?.wallMs ?? 0)} ms`)
        .join(', ')}`,
    );
  }
  print(`\n${backlogTable(figures, mails)}`);
  return barsOf(figures);
}

function names(): (keyof Contestants)[] {
  return Object.keys(LABELS) as (keyof Contestants)[];
}

/** Each begins once, so that none always follows the same other. */
function turnsOf(run: number): (keyof Contestants)[] {
  const first = run % names().length;
  return [...names().slice(first), ...names().slice(0, first)];
}

function fill(dovecot: Dovecot, mails: number, print: (text: string) => void): Expected[] {
  const expected: Expected[] = [];
  let bytes = 0;
  let batch: { raw: Buffer; receivedAt: Date }[] = [];
  for (const { raw, receivedAt, subject, textContains } of generatedMails(mails)) {
    expected.push({ subject, textContains });
    bytes += raw.length;
    batch.push({ raw, receivedAt });
    if (batch.length < DELIVERED_AT_ONCE && expected.length < mails) continue;
    dovecot.deliver('INBOX', batch);
    batch = [];
  }
  print(`${figure(mails)} mails, ${figure(bytes / 1e6)} MB, in Dovecot`);
  return expected;
}

export function taskFor(dovecot: Dovecot, changes: Partial<Task> & { port: number }): Task {
  const { host, user, password } = dovecot;
  return { question: 'backlog', host, tls: true, user, password, showMails: false, times: 1, commands: [], ...changes };
}

/**
 * One pass of each reader over a counting proxy, in clear text so that commands can be seen. It is not timed, fills
 * Dovecot's caches for all alike, and checks what was read mail by mail.
 */
async function countAndCheck(
  dovecot: Dovecot,
  contestants: Contestants,
  expected: readonly Expected[],
  print: (text: string) => void,
): Promise<{ figures: Record<keyof Contestants, Figures>; commands: readonly string[] }> {
  const counted = async (name: 'rollcall' | 'incident' | 'imapflow') => {
    const proxy = await startProxy(dovecot.imapPort, { delayMs: 0 });
    const { shown } = await contestants[name](taskFor(dovecot, { port: proxy.port, tls: false, showMails: true }));
    await proxy.stop();
    return { shown, traffic: proxy.traffic };
  };
  const rollcall = await counted('rollcall');
  refuseWrong(rollcall.shown, expected);
  const imapflow = await counted('imapflow');
  refuseFewer(rollcall.shown, imapflow.shown);
  print(`all ${figure(expected.length)} mails have come out right: subject, and text from its beginning`);
  const incident = await counted('incident');
  const withAnswers = ({ traffic }: { traffic: Traffic }): Figures => ({ ...traffic, answers: [] });
  return {
    figures: {
      rollcall: withAnswers(rollcall),
      incident: withAnswers(incident),
      imapflow: withAnswers(imapflow),
      rawSocket: withAnswers(rollcall),
    },
    commands: Buffer.concat(rollcall.traffic.sent).toString('latin1').trimEnd().split('\r\n'),
  };
}

function refuseWrong(shown: readonly ReadMail[], expected: readonly Expected[]): void {
  assert.deepEqual(
    shown.map(({ uid }) => uid),
    expected.map((_, index) => index + 1),
  );
  for (const [index, { subject, textContains }] of expected.entries()) {
    const mail = shown[index];
    assert.equal(mail?.subject, subject);
    assert.ok(mail.text.includes(textContains), `uid ${mail.uid}: ${JSON.stringify(mail.text)} lacks ${textContains}`);
  }
}

function refuseFewer(rollcall: readonly ReadMail[], others: readonly ReadMail[]): void {
  const count = (mails: readonly ReadMail[]) => ({
    subjects: mails.filter(({ subject }) => subject !== '').length,
    texts: mails.filter(({ text }) => text.trim() !== '').length,
  });
  assert.deepEqual(count(rollcall), count(others));
}

function backlogTable(figures: Record<keyof Contestants, Figures>, mails: number): string {
  const rows = names().map((name) => {
    const { answers, bytesToClient, turns } = figures[name];
    return [
      LABELS[name],
      spread(answers.map(({ wallMs }) => mails / (wallMs / 1_000))),
      figure(turns),
      figure(bytesToClient / 1e6, 1),
      spread(
        answers.map(({ cpuMs }) => cpuMs / 1_000),
        2,
      ),
      spread(answers.map(({ peakMegabytes }) => peakMegabytes)),
    ];
  });
  return table(['contestant', 'mails a second', 'turns', 'MB read', 'CPU seconds', 'peak memory, MB'], rows);
}

function barsOf({ rollcall, incident, imapflow, rawSocket }: Record<keyof Contestants, Figures>): readonly Bar[] {
  const times = (other: Figures) =>
    rollcall.answers.map(({ wallMs }, run) => (other.answers[run]?.wallMs ?? Number.NaN) / wallMs);
  const atLeast = (what: string, ratios: number[], asked: number): Bar => ({
    what,
    reached: `${spread(ratios, 2)} ×`,
    asked: `≥ ${asked} ×`,
    met: median(ratios) >= asked,
  });
  const share = incident.bytesToClient / rollcall.bytesToClient;
  return [
    atLeast(`backlog against ${LABELS.incident}`, times(incident), 10),
    atLeast(`backlog against ${LABELS.imapflow}`, times(imapflow), 8),
    atLeast(`backlog against ${LABELS.rawSocket}`, times(rawSocket), 0.2),
    { what: 'bytes read, of full sources', reached: `1/${figure(share, 1)}`, asked: '≤ 1/20', met: share >= 20 },
  ];
}
