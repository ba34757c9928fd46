import type { Dovecot } from '../../dovecot/dovecot.ts';
import type { BenchOptions } from '../bench.ts';
import { type Bar, figure, median, spread, table } from '../figures.ts';
import { taskFor } from './backlog.ts';
import type { Contestants } from './contestant.ts';
import { mailWithAttachment } from './generated-mail.ts';

const MAILS = 300;
/** One email in this many has the attachment: 50 MB in each of 300 emails would fill the disk and show nothing more. */
const MAILS_TO_AN_ATTACHMENT = 50;
const ATTACHMENT_MEGABYTES = [0, 5, 50] as const;
const MOST_GROWTH_MEGABYTES = 5;

/** A mailbox of its own for each size of attachment. */
export function memoryUsers() {
  return ATTACHMENT_MEGABYTES.map((megabytes) => ({ user: userOf(megabytes), password: 'correct-horse' }));
}

function userOf(megabytes: number): string {
  return `attachments-of-${megabytes}-mb`;
}

/** The peak memory of the reader's process must not know how large the attachments are. */
export async function benchMemory(
  dovecot: Dovecot,
  { rollcall }: Contestants,
  { runs }: BenchOptions,
  print: (text: string) => void,
): Promise<readonly Bar[]> {
  for (const megabytes of ATTACHMENT_MEGABYTES) {
    for (let number = 1; number <= MAILS; number += 1) {
      const bytes = number % MAILS_TO_AN_ATTACHMENT === 0 ? megabytes * 1_000_000 : 0;
      dovecot.deliver('INBOX', [mailWithAttachment(number, bytes)], userOf(megabytes));
    }
  }
  const peaks = new Map<number, number[]>(ATTACHMENT_MEGABYTES.map((megabytes) => [megabytes, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const megabytes of ATTACHMENT_MEGABYTES) {
      const task = taskFor(dovecot, { port: dovecot.imapsPort, user: userOf(megabytes) });
      peaks.get(megabytes)?.push((await rollcall(task)).peakMegabytes);
    }
  }
  const rows = [...peaks].map(([megabytes, values]) => [`${megabytes} MB`, spread(values, 1)]);
  print(`\n${table([`${MAILS} mails, attachments of`, 'peak memory of the reader, MB'], rows)}`);

  const growth = Math.max(...[...peaks.values()].map(median)) - median(peaks.get(0) ?? []);
  return [
    {
      what: 'peak memory, attachments from 0 to 50 MB, grows by',
      reached: `${figure(growth, 1)} MB`,
      asked: `≤ ${MOST_GROWTH_MEGABYTES} MB`,
      met: growth <= MOST_GROWTH_MEGABYTES,
    },
  ];
}
