import type { Answer } from '../loopback-server.ts';
import { json, refuse } from './answers.ts';
import type { Call } from './calls.ts';
import { checkMessage, textsOf } from './message-rules.ts';
import type { MessageObject, Messages } from './messages.ts';
import type { RateLimits } from './rate-limits.ts';

export type StandInChannel = {
  id: string;
  /** `none`: the bot does not see it (50001). `view`: the bot sees it and may not post (50013). Default `post`. */
  access?: 'none' | 'view' | 'post';
  /** A thread names the channel it belongs to. */
  parentId?: string;
};

export type StandInWebhook = { id: string; token: string; channelId: string };

/** What exists on the stand-in's server. */
export type Guild = {
  botToken: string;
  channels: readonly StandInChannel[];
  webhooks: readonly StandInWebhook[];
  /** A message with one of these words is blocked by AutoMod. */
  autoModWords: readonly string[];
};

type Endpoints = (call: Call) => Answer;

type Saving =
  | { kind: 'saved'; message: MessageObject }
  | { kind: 'form error'; answer: Answer }
  | { kind: 'blocked'; answer: Answer }
  /** Saved with this nonce, and deleted since. */
  | { kind: 'gone'; answer: Answer };

const NO_CONTENT: Answer = { status: 204, headers: {}, body: '' };

/** The four endpoints. Rate limits come first, then who may ask, then the message itself, as at Discord. */
export function endpoints(guild: Guild, limits: RateLimits, messages: Messages): Endpoints {
  return (call) => (call.kind === 'channel' ? answerBot(call) : answerWebhook(call));

  function answerBot(call: Call & { kind: 'channel' }): Answer {
    if (call.authorization !== `Bot ${guild.botToken}`) return refuse('unauthorized');
    return withinLimits('bot', 'POST /channels/messages', call.channelId, call.method, () => {
      const channel = guild.channels.find(({ id }) => id === call.channelId);
      if (!channel) return refuse('unknownChannel');
      if (channel.access === 'none') return refuse('missingAccess');
      if (call.method === 'GET') return json(200, channelObject(channel));
      if (channel.access === 'view') return refuse('missingPermissions');
      const saving = saveMessage(call.body, channel.id, undefined);
      return saving.kind === 'saved' ? json(200, saving.message) : saving.answer;
    });
  }

  function answerWebhook(call: Call & { kind: 'webhook' }): Answer {
    return withinLimits('address', 'POST /webhooks', call.webhookId, call.method, () => {
      const webhook = guild.webhooks.find(({ id }) => id === call.webhookId);
      if (!webhook) return refuse('unknownWebhook');
      if (call.token !== webhook.token) return refuse('invalidWebhookToken');
      if (call.method === 'GET') return json(200, webhookObject(webhook));
      return executeWebhook(call, webhook);
    });
  }

  function executeWebhook(call: Call & { kind: 'webhook' }, webhook: StandInWebhook): Answer {
    const channelId = channelOf(webhook, call.threadId);
    if (!channelId) return refuse('unknownChannel');
    const saving = saveMessage(call.body, channelId, webhook.id);
    if (saving.kind === 'form error') return saving.answer;
    // Without `wait`, Discord answers before the saving and cannot tell that it failed.
    if (!call.wait) return NO_CONTENT;
    return saving.kind === 'saved' ? json(200, saving.message) : saving.answer;
  }

  function withinLimits(who: string, route: string, target: string, method: string, answer: () => Answer): Answer {
    const globally = limits.admit(who);
    if (!globally.admitted) return globally.answer;
    if (method === 'GET') return answer();
    const admission = limits.admitPost(route, target);
    if (!admission.admitted) return admission.answer;
    const answered = answer();
    return { ...answered, headers: { ...answered.headers, ...admission.headers } };
  }

  function saveMessage(body: string, channelId: string, webhookId: string | undefined): Saving {
    const checked = checkMessage(body);
    if (!checked.accepted) return { kind: 'form error', answer: checked.answer };
    const text = textsOf(checked.message).join('\n').toLowerCase();
    if (guild.autoModWords.some((word) => text.includes(word.toLowerCase()))) {
      return { kind: 'blocked', answer: refuse('autoMod') };
    }
    const message = messages.save({ channelId, webhookId, body: checked.message });
    if (message === 'deleted') return { kind: 'gone', answer: refuse('unknownMessage') };
    return { kind: 'saved', message };
  }

  function channelOf(webhook: StandInWebhook, threadId: string | undefined): string | undefined {
    if (!threadId) return webhook.channelId;
    return guild.channels.find(({ id, parentId }) => id === threadId && parentId === webhook.channelId)?.id;
  }
}

function channelObject({ id, parentId }: StandInChannel) {
  // Types 0 and 11: a text channel and a public thread.
  return { id, type: parentId ? 11 : 0, guild_id: '1', name: `channel-${id}`, parent_id: parentId ?? null };
}

/** https://docs.discord.com/developers/resources/webhook#webhook-object; type 1 is an incoming webhook. */
function webhookObject({ id, token, channelId }: StandInWebhook) {
  return { id, type: 1, guild_id: '1', channel_id: channelId, name: 'rollcall-webhook', token };
}
