import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type LoopbackRequest, startLoopbackServer } from '../loopback-server.ts';
import { refuse } from './answers.ts';
import { API_PATH, recogniseCall } from './calls.ts';
import { answerControl, CONTROL_PATH } from './control.ts';
import { type DiscordRules, type DiscordRulesOptions, discordRules } from './discord-rules.ts';

export type DiscordStandInOptions = Omit<DiscordRulesOptions, 'now' | 'wait'> & {
  /** The clock for nonces, limits and messages; delays of faults always take real time. */
  now?: () => Date;
};

export type DiscordStandIn = Omit<DiscordRules, 'answer'> & {
  /** `http://127.0.0.1:PORT/api/v10`; the control endpoint is at `/control/` of the same server. */
  url: string;
  stop(): Promise<void>;
};

/** Starts a server on 127.0.0.1 that follows the rules of Discord's HTTP API v10 for posting and probing targets. */
export async function startDiscordStandIn(options: DiscordStandInOptions): Promise<DiscordStandIn> {
  const { answer, ...rules } = discordRules({
    now: () => new Date(),
    ...options,
    // A delay that is still running must not keep the process alive after the stand-in was stopped.
    wait: (ms) => sleep(ms, undefined, { ref: false }),
  });

  async function answerRequest({ method, url, headers, body }: LoopbackRequest): Promise<Answer | 'reset'> {
    if (url.pathname.startsWith(CONTROL_PATH)) return answerControl({ method, path: url.pathname, body }, rules);
    const call = recogniseCall({ method, url, authorization: headers.authorization, body });
    return call ? await answer(call) : refuse('notFound');
  }

  const server = await startLoopbackServer(answerRequest);
  return { url: `${server.origin}${API_PATH}`, ...rules, stop: server.stop };
}
