import type { Answer } from '../loopback-server.ts';
import { json, refuse } from './answers.ts';
import type { Call } from './calls.ts';
import { BOT_ID, GUILD_ID, type Guild } from './guild.ts';
import { checkMessage, textsOf } from './message-rules.ts';
import type { MessageObject, Messages } from './messages.ts';
import type { RateLimits } from './rate-limits.ts';

export type StandInWebhook = { id: string; token: string; channelId: string };

type Furnishing = {
  botToken: string;
  guild: Guild;
  webhooks: readonly StandInWebhook[];
  /** A message with one of these words is blocked by AutoMod. */
  autoModWords: readonly string[];
};

type Endpoints = (call: Call) => Answer;

type Saving =
  | { kind: 'saved'; message: MessageObject }
  /** For errors in the request itself, which even a webhook without `wait` reports. */
  | { kind: 'refused'; answer: Answer }
  | { kind: 'blocked'; answer: Answer }
  /** Saved with this nonce, and deleted since. */
  | { kind: 'gone'; answer: Answer };

const NO_CONTENT: Answer = { status: 204, headers: {}, body: '' };

/** The endpoints. As in Discord, rate limits are checked first, then authorization, then the message itself. */
export function endpoints(
  { botToken, guild, webhooks, autoModWords }: Furnishing,
  limits: RateLimits,
  messages: Messages,
): Endpoints {
  return (call) => (call.kind === 'webhook' ? answerWebhook(call) : answerBot(call));

  function answerBot(call: Exclude<Call, { kind: 'webhook' }>): Answer {
    if (call.authorization !== `Bot ${botToken}`) return refuse('unauthorized');
    const target = call.kind === 'channel' ? call.channelId : '';
    return withinLimits({ who: 'bot', route: 'POST /channels/messages', target, method: call.method }, () => {
      if (call.kind === 'channel') return answerChannel(call);
      if (call.kind === 'self') return json(200, { id: BOT_ID, username: 'rollcall', bot: true });
      if (call.guildId !== GUILD_ID) return refuse('unknownGuild');
      if (call.kind === 'roles') return json(200, guild.rolesObject());
      return call.userId === BOT_ID ? json(200, guild.memberObject()) : refuse('unknownMember');
    });
  }

  function answerChannel(call: Call & { kind: 'channel' }): Answer {
    const channel = guild.channel(call.channelId);
    if (!channel) return refuse('unknownChannel');
    const may = guild.botPermissions(channel);
    if (!may.has('VIEW_CHANNEL')) return refuse('missingAccess');
    if (call.method === 'GET') return json(200, guild.channelObject(channel));
    if (!may.has(channel.parentId ? 'SEND_MESSAGES_IN_THREADS' : 'SEND_MESSAGES')) return refuse('missingPermissions');
    const saving = saveMessage(call.body, channel.id, undefined, may.has('EMBED_LINKS'));
    return saving.kind === 'saved' ? json(200, saving.message) : saving.answer;
  }

  function answerWebhook(call: Call & { kind: 'webhook' }): Answer {
    return withinLimits(
      { who: 'address', route: 'POST /webhooks', target: call.webhookId, method: call.method },
      () => {
        const webhook = webhooks.find(({ id }) => id === call.webhookId);
        if (!webhook) return refuse('unknownWebhook');
        if (call.token !== webhook.token) return refuse('invalidWebhookToken');
        if (call.method === 'GET') return json(200, webhookObject(webhook));
        return executeWebhook(call, webhook);
      },
    );
  }

  function executeWebhook(call: Call & { kind: 'webhook' }, webhook: StandInWebhook): Answer {
    const channelId = channelOf(webhook, call.threadId);
    if (!channelId) return refuse('unknownChannel');
    const saving = saveMessage(call.body, channelId, webhook.id, true);
    if (saving.kind === 'refused') return saving.answer;
    // Without `wait`, Discord answers before it saves the message, and cannot report that saving failed.
    if (!call.wait) return NO_CONTENT;
    return saving.kind === 'saved' ? json(200, saving.message) : saving.answer;
  }

  type Asked = { who: string; route: string; target: string; method: string };
  function withinLimits({ who, route, target, method }: Asked, answer: () => Answer): Answer {
    const globally = limits.admit(who);
    if (!globally.admitted) return globally.answer;
    if (method === 'GET') return answer();
    const admission = limits.admitPost(route, target);
    if (!admission.admitted) return admission.answer;
    const answered = answer();
    return { ...answered, headers: { ...answered.headers, ...admission.headers } };
  }

  function saveMessage(body: string, channelId: string, webhookId: string | undefined, mayEmbed: boolean): Saving {
    const checked = checkMessage(body);
    if (!checked.accepted) return { kind: 'refused', answer: checked.answer };
    if (!mayEmbed && checked.message.embeds?.length) {
      return { kind: 'refused', answer: refuse('missingPermissions') };
    }
    const text = textsOf(checked.message).join('\n').toLowerCase();
    if (autoModWords.some((word) => text.includes(word.toLowerCase()))) {
      return { kind: 'blocked', answer: refuse('autoMod') };
    }
    const message = messages.save({ channelId, webhookId, body: checked.message });
    if (message === 'deleted') return { kind: 'gone', answer: refuse('unknownMessage') };
    return { kind: 'saved', message };
  }

  function channelOf(webhook: StandInWebhook, threadId: string | undefined): string | undefined {
    if (!threadId) return webhook.channelId;
    const thread = guild.channel(threadId);
    return thread?.parentId === webhook.channelId ? thread.id : undefined;
  }
}

/** https://docs.discord.com/developers/resources/webhook#webhook-object; type 1 is an incoming webhook. */
function webhookObject({ id, token, channelId }: StandInWebhook) {
  return { id, type: 1, guild_id: GUILD_ID, channel_id: channelId, name: 'rollcall-webhook', token };
}
