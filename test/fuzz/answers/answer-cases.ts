import type { CaseMaker } from '../fuzz-case.ts';
import { randomOf } from '../random.ts';
import { checkPolls } from './check-poll.ts';
import { mutatedScript } from './mutate-answer.ts';
import { type ScriptedServer, scriptedServer } from './scripted-server.ts';
import { servedMailbox } from './served-mailbox.ts';

/** Polls of a small mailbox whose server answers with mutated IMAP. Servers are kept and used again. */
export async function answerCases(): Promise<CaseMaker> {
  const idle: ScriptedServer[] = [];
  return async (seed, caseNumber) => {
    const random = randomOf('answers', seed, caseNumber);
    const mailbox = servedMailbox(random);
    const faults = random.pick([0, 1, 1, 1, 1, 2, 2, 3]);
    const startFrom = random.pick(['all', 'all', 'all', { days: 3 }] as const);
    const known = random.chance(0.5) ? random.between(0, mailbox.mails.length - 1) : 0;
    const script = mutatedScript(mailbox, random, faults);
    const honest = mutatedScript(mailbox, random, 0);
    const uids = mailbox.mails.map(({ uid }) => uid);
    let transcript = '';
    return {
      what: `${uids.length} mails (uids ${uids.slice(0, 8).join(', ')}), ${known} of them known, from ${JSON.stringify(startFrom)}, ${faults} faults`,
      get input() {
        return transcript;
      },
      async run() {
        const server = idle.pop() ?? (await scriptedServer());
        try {
          await checkPolls({ startFrom, known, script, honest, isMutated: faults > 0 }, server);
        } catch (error) {
          transcript = server
            .transcript()
            .map(({ command, delivered }) => `C: ${command.tag} ${command.name} ${command.text}\nS: ${delivered}`)
            .join('\n');
          throw error;
        }
        idle.push(server);
      },
    };
  };
}
