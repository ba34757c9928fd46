import { readFileSync } from 'node:fs';

/** What a contestant's process is asked to do, as JSON in its first argument. */
export type Task = {
  question: 'backlog' | 'empty poll';
  host: string;
  port: number;
  tls: boolean;
  user: string;
  password: string;
  /** Answer with what was read of each mail too, which takes time and memory of its own. */
  showMails: boolean;
  /** How often to do it; the last time counts. A Lambda that polls is warm. */
  times: number;
  /** For the raw socket: the commands to send. */
  commands: readonly string[];
};

export type ReadMail = { uid: number; subject: string; text: string };

/** What the process answers, as JSON on its standard output. */
export type Answer = {
  mails: number;
  withSubject: number;
  withText: number;
  wallMs: number;
  cpuMs: number;
  peakMegabytes: number;
  shown: ReadMail[];
};

/** Runs the task of this process and measures it from inside, so that starting the process does not count. */
export async function perform(run: (task: Task, took: (mail: ReadMail) => void) => Promise<void>): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '') as Task;
  let answer: Answer | undefined;
  for (let time = 0; time < task.times; time += 1) answer = await measured(task, run);
  process.stdout.write(JSON.stringify(answer));
}

async function measured(task: Task, run: Parameters<typeof perform>[0]): Promise<Answer> {
  const counts = { mails: 0, withSubject: 0, withText: 0 };
  const shown: ReadMail[] = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await run(task, (mail) => {
    counts.mails += 1;
    if (mail.subject) counts.withSubject += 1;
    if (mail.text) counts.withText += 1;
    if (task.showMails) shown.push(mail);
  });
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ...counts, wallMs, cpuMs: (user + system) / 1_000, peakMegabytes: peakMegabytes(), shown };
}

/**
 * The process's own peak. What getrusage reports begins with the memory of the process that forked this one, so
 * VmHWM is read where there is one (proc(5)).
 */
function peakMegabytes(): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1_024;
  } catch {
    return process.resourceUsage().maxRSS / 1_024;
  }
}
