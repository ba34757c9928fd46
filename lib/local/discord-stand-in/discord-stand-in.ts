import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type LoopbackRequest, startLoopbackServer } from '../loopback-server.ts';
import { refuse } from './answers.ts';
import { API_PATH, type Call, recogniseCall } from './calls.ts';
import { answerControl, CONTROL_PATH } from './control.ts';
import { endpoints, type StandInChannel, type StandInWebhook } from './endpoints.ts';
import { answerOfFault, type Faults, faultSchedule } from './faults.ts';
import { messages, type StandInPost } from './messages.ts';
import { type RateLimit, rateLimits, USUAL_CHANNEL_LIMIT, USUAL_GLOBAL_LIMIT } from './rate-limits.ts';

export type DiscordStandInOptions = {
  botToken: string;
  channels: readonly StandInChannel[];
  webhooks?: readonly StandInWebhook[];
  autoModWords?: readonly string[];
  /** Of each channel and each webhook; 5 posts per 5 s unless given. */
  channelLimit?: RateLimit | 'off';
  /** Over all routes of the bot, and of all webhooks together; 50 requests per second unless given. */
  globalLimit?: RateLimit | 'off';
  /** The time of nonces, limits and messages; delays of faults always pass in real time. */
  now?: () => Date;
};

/** One API request with its answer; `reset` where a fault cut the connection. */
type StandInRequest = {
  method: 'GET' | 'POST';
  target: { channelId: string } | { webhookId: string };
  status: number | 'reset';
  at: Date;
};

export type DiscordStandIn = {
  /** `http://127.0.0.1:PORT/api/v10`; the control endpoint lies at `/control/` of the same server. */
  url: string;
  /** Saved messages, oldest first. */
  posts(): readonly StandInPost[];
  /** Requests to known endpoints, in the order in which they were answered, whatever became of them. */
  requests(): readonly StandInRequest[];
  faults: Faults;
  stop(): Promise<void>;
};

/** Starts a server on 127.0.0.1 that keeps the rules of Discord's HTTP API v10 for posting and looking up targets. */
export async function startDiscordStandIn(options: DiscordStandInOptions): Promise<DiscordStandIn> {
  const now = options.now ?? (() => new Date());
  const faults = faultSchedule();
  const saved = messages(now);
  const requests: StandInRequest[] = [];
  const limits = rateLimits({
    channel: options.channelLimit ?? USUAL_CHANNEL_LIMIT,
    global: options.globalLimit ?? USUAL_GLOBAL_LIMIT,
    now,
  });
  const guild = { webhooks: [], autoModWords: [], ...options };
  const answerCall = endpoints(guild, limits, saved);

  async function answerWithFaults(call: Call): Promise<Answer | 'reset'> {
    const fault = faults.meet(call);
    if (!fault) return answerCall(call);
    const afterEffect = fault.when === 'after effect' ? answerCall(call) : undefined;
    // Whoever stops the stand-in need not wait for a delay that is still running.
    if (fault.delayMs > 0) await sleep(fault.delayMs, undefined, { ref: false });
    if (fault.outcome.kind === 'reset') return 'reset';
    if (fault.outcome.kind === 'answer') return answerOfFault(fault.outcome);
    return afterEffect ?? answerCall(call);
  }

  async function answerRequest({ method, url, headers, body }: LoopbackRequest): Promise<Answer | 'reset'> {
    if (url.pathname.startsWith(CONTROL_PATH)) {
      return answerControl({ method, path: url.pathname, body }, { faults, posts: saved.posts });
    }
    const call = recogniseCall({ method, url, authorization: headers.authorization, body });
    if (!call) return refuse('notFound');
    const answer = await answerWithFaults(call);
    const target = call.kind === 'channel' ? { channelId: call.channelId } : { webhookId: call.webhookId };
    requests.push({ method: call.method, target, status: answer === 'reset' ? 'reset' : answer.status, at: now() });
    return answer;
  }

  const server = await startLoopbackServer(answerRequest);
  return {
    url: `${server.origin}${API_PATH}`,
    posts: saved.posts,
    requests: () => requests,
    faults,
    stop: server.stop,
  };
}
