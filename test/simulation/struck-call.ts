import type { DiscordAnswer, ProbeResult } from '../../functions/core/discord/discord.ts';
import { MailboxFailure } from '../../functions/core/mail/mailbox-failure.ts';
import type { Strike } from './invocation.ts';

/** How a call of this name fails: as its port says that it does. Undefined where an error is all that is promised. */
export function failureOf(name: string): Strike['failed'] {
  const port = name.slice(0, name.indexOf('.'));
  switch (port) {
    case 'reader':
    case 'session':
      return ({ name: call }) => {
        throw new MailboxFailure('closed by server', `the connection broke in ${call}`);
      };
    case 'discord':
      return () => NO_ANSWER;
    case 'discordTargets':
      return () => ({ answer: NO_ANSWER, missingPermissions: [] }) satisfies ProbeResult;
    default:
      return undefined;
  }
}

const NO_ANSWER: DiscordAnswer = { kind: 'network', code: 'ECONNRESET', text: 'no answer: ECONNRESET' };
