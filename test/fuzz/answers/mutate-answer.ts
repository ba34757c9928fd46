import { mutateBytes } from '../bytes.ts';
import type { Random } from '../random.ts';
import type { Answer, Command } from './correct-answers.ts';
import type { Delivery, Script } from './scripted-server.ts';
import type { ServedMailbox } from './served-mailbox.ts';
import { unsolicitedResponse } from './unsolicited-response.ts';

type AnswerMutation = (answer: string[], random: Random, context: { command: Command; mailbox: ServedMailbox }) => void;

const dropResponse: AnswerMutation = (answer, random) => {
  answer.splice(indexIn(answer, random), 1);
};

const repeatResponse: AnswerMutation = (answer, random) => {
  const at = indexIn(answer, random);
  answer.splice(random.chance(0.5) ? at : indexIn(answer, random), 0, answer[at] ?? '');
};

const moveResponse: AnswerMutation = (answer, random) => {
  const [moved] = answer.splice(indexIn(answer, random), 1);
  answer.splice(random.between(0, answer.length), 0, moved ?? '');
};

const insertUnsolicited: AnswerMutation = (answer, random, { command, mailbox }) => {
  answer.splice(random.between(0, answer.length), 0, `${unsolicitedResponse(command, mailbox, random)}\r\n`);
};

/** A row of FETCH under a uid that the mailbox does not hold. */
const fetchNeverAsked: AnswerMutation = (answer, random, { mailbox }) => {
  const row = answer[indexIn(answer, random)] ?? '';
  const never = `UID ${mailbox.uidNext + random.between(0, 50)}`;
  answer.splice(random.between(0, answer.length), 0, row.replace(/UID \d+/, never));
};

const putNil: AnswerMutation = (answer, random) =>
  replaceOne(answer, random, /"[^"\r\n]*"|\([^()]*\)|\{\d+\}\r\n|\b\d+\b|(?<= )\\?\w+/g, () => 'NIL');

const deepen: AnswerMutation = (answer, random) =>
  replaceOne(answer, random, /[()]/g, (found) => found.repeat(random.pick([2, 24, 26, 100, 20_000])));

const changeNumber: AnswerMutation = (answer, random) =>
  replaceOne(answer, random, /(?<![\w{])\d+(?![\w}])/g, (found) =>
    random.pick([
      '0',
      '-1',
      '1.5',
      '1e3',
      '4294967296',
      '99999999999999999999999',
      `${found}${random.between(0, 9)}`,
      `0${found}`,
      `${found}x`,
      `${Number(found) + 1}`,
      '9'.repeat(400),
    ]),
  );

const changeLiteralLength: AnswerMutation = (answer, random) =>
  replaceOne(answer, random, /\{\d+\}/g, (found) => {
    const length = Number(found.slice(1, -1));
    const changed = [
      length + 1,
      length - 1,
      length + 1_000,
      0,
      -1,
      1_073_741_825,
      1e21,
      '',
      `${length}+`,
      `0${length}`,
    ];
    return `{${random.pick(changed)}}`;
  });

const changeCompletion: AnswerMutation = (answer, random, { command: { tag } }) => {
  const status = random.pick([
    'NO [UNAVAILABLE] later',
    'NO [AUTHENTICATIONFAILED] no',
    'NO Some of the requested messages no longer exist',
    'NO [OVERQUOTA] [THROTTLED]',
    'BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds',
    'BAD',
    'BYE',
    'PREAUTH',
    'OK',
    'OK [TRYCREATE]',
    'OK [READ-WRITE] x',
    'OK [',
    'OK NIL',
    '',
  ]);
  answer.splice(-1, 1, `${tag} ${status}\r\n`);
};

const changeBytes: AnswerMutation = (answer, random) => {
  const bytes = mutateBytes(answer.join(''), random);
  answer.splice(0, answer.length, bytes);
};

const mutations: readonly AnswerMutation[] = [
  dropResponse,
  repeatResponse,
  moveResponse,
  insertUnsolicited,
  insertUnsolicited,
  insertUnsolicited,
  fetchNeverAsked,
  putNil,
  putNil,
  deepen,
  changeNumber,
  changeNumber,
  changeLiteralLength,
  changeLiteralLength,
  changeCompletion,
  changeBytes,
  changeBytes,
  changeBytes,
];

/** Which answers are worth changing, and how often; the rest of the conversation only leads there. */
const AIMS = ['UID FETCH', 'UID FETCH', 'UID FETCH', 'UID FETCH', 'UID FETCH', 'EXAMINE', 'STATUS', undefined] as const;

/** A conversation in which some answers are wrong. Without `faults` every byte is right. */
export function mutatedScript(mailbox: ServedMailbox, random: Random, faults: number): Script {
  const aims = Array.from({ length: faults }, () => ({ name: random.pick(AIMS), skip: random.chance(0.2) ? 1 : 0 }));
  const isMet = (aim: (typeof aims)[number], { name }: Command) => {
    if (aim.name !== name && (aim.name !== undefined || random.chance(0.85))) return false;
    aim.skip -= 1;
    return aim.skip < 0;
  };
  return {
    mailbox,
    deliver(command, correct) {
      const answer = [...correct];
      let cut = false;
      for (const aim of aims.filter((candidate) => isMet(candidate, command))) {
        aims.splice(aims.indexOf(aim), 1);
        if (random.chance(0.12)) cut = true;
        else random.pick(mutations)(answer, random, { command, mailbox });
      }
      return delivery(answer, random, faults > 0, cut);
    },
  };
}

function delivery(answer: Answer, random: Random, mayCut: boolean, cut: boolean): Delivery {
  const whole = answer.join('');
  const bytes = cut ? whole.slice(0, random.between(0, whole.length)) : whole;
  const pieces = mayCut && random.chance(0.2) ? random.between(1, 6) : 0;
  const cuts = Array.from({ length: pieces }, () => random.between(0, bytes.length)).sort((a, b) => a - b);
  return { bytes, cuts, afterwards: cut ? random.pick(['stay', 'end', 'end', 'reset']) : 'stay' };
}

function replaceOne(answer: string[], random: Random, what: RegExp, by: (found: string) => string): void {
  const at = indexIn(answer, random);
  const response = answer[at] ?? '';
  const found = [...response.matchAll(what)];
  if (found.length === 0) return;
  const { 0: text, index } = random.pick(found);
  answer[at] = response.slice(0, index) + by(text) + response.slice(index + text.length);
}

function indexIn(answer: readonly string[], random: Random): number {
  return random.between(0, Math.max(0, answer.length - 1));
}
