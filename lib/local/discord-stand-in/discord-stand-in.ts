import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type LoopbackRequest, startLoopbackServer } from '../loopback-server.ts';
import { refuse } from './answers.ts';
import { API_PATH, recogniseCall } from './calls.ts';
import { answerControl, CONTROL_PATH } from './control.ts';
import { type DiscordRules, type DiscordRulesOptions, discordRules } from './discord-rules.ts';

export type DiscordStandInOptions = Omit<DiscordRulesOptions, 'now' | 'wait'> & {
  /** The time of nonces, limits and messages; delays of faults always pass in real time. */
  now?: () => Date;
};

export type DiscordStandIn = Omit<DiscordRules, 'answer'> & {
  /** `http://127.0.0.1:PORT/api/v10`; the control endpoint lies at `/control/` of the same server. */
  url: string;
  stop(): Promise<void>;
};

/** Starts a server on 127.0.0.1 that keeps the rules of Discord's HTTP API v10 for posting and looking up targets. */
export async function startDiscordStandIn(options: DiscordStandInOptions): Promise<DiscordStandIn> {
  const { answer, ...rules } = discordRules({
    now: () => new Date(),
    ...options,
    // Whoever stops the stand-in need not wait for a delay that is still running.
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
