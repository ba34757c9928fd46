import type * as z from 'zod';
import { botTarget, type DiscordTarget, webhookTarget } from '../discord/discord.ts';
import { fields, listOf, oneForm, oneOrMore, text, yesOrNo } from '../fields.ts';
import { COPY_ROUTE, UNKNOWN_ROUTE } from '../records/ledger-entry.ts';
import { ruleSchema } from '../rules/rule-schema.ts';
import { identifier, parameterName, snowflake } from './settings-text.ts';

/** Where a route posts: as a bot into a channel, or through a webhook. */
type DiscordInput =
  | { channelId: string; botTokenParameter: string }
  | { webhookParameter: string; threadId?: string | undefined };

const bot = fields('a bot target', {
  channelId: snowflake("a Discord channel's id", 'secret'),
  botTokenParameter: parameterName(),
}).transform(({ channelId, botTokenParameter }) => botTarget(channelId, botTokenParameter));

const webhook = fields('a webhook target', {
  webhookParameter: parameterName(),
  threadId: snowflake("a Discord thread's id", 'secret').optional(),
}).transform(({ webhookParameter, threadId }) => webhookTarget(webhookParameter, threadId));

const discord = oneForm<DiscordInput, DiscordTarget>(
  'a Discord target',
  "Write { channelId: '…', botTokenParameter: '/…' } for a bot, or { webhookParameter: '/…' } for a webhook.",
  (target) => {
    const isBot = 'channelId' in target || 'botTokenParameter' in target;
    const isWebhook = 'webhookParameter' in target;
    if (isBot && isWebhook) return 'both a bot and a webhook are named';
    if (!isBot && !isWebhook) return 'neither a bot nor a webhook is named';
    return isBot ? bot : webhook;
  },
);

const routeId = identifier("a route's id", 40)
  .refine((id) => id !== UNKNOWN_ROUTE, {
    error: `"${UNKNOWN_ROUTE}" is reserved for the email that no rule matches. Choose another id.`,
  })
  .refine((id) => id !== COPY_ROUTE, {
    error: `"${COPY_ROUTE}" is reserved for copies of known emails. Choose another id.`,
  });

const colour = text((value) => /^#[0-9a-f]{6}$/i.test(value), {
  what: 'a colour',
  allowed: "Write '#rrggbb', such as '#e8a33d'.",
}).transform((value) => Number.parseInt(value.slice(1), 16));

const ping = fields('a ping', {
  users: oneOrMore(snowflake("a Discord user's id"), { what: "a user's id or a list of them", least: 0 }).default([]),
  roles: oneOrMore(snowflake("a Discord role's id"), { what: "a role's id or a list of them", least: 0 }).default([]),
});

export const routeSchema = fields('a route', {
  /** Names the route in queues, alarms and reports. */
  id: routeId,
  /** In order: the first rule that matches decides. */
  rules: listOf(ruleSchema, { what: 'at least one rule in [ ]', unique: 'name' }),
  /** Where the alerts are posted. */
  discord,
  /** The edge of the alert, `#rrggbb`. */
  colour: colour.optional(),
  /** Whom to mention; by default no one. */
  ping: ping.default({ users: [], roles: [] }),
  /** Requeue parked alerts automatically as soon as a dead channel answers again. */
  redriveAutomatically: yesOrNo().default(true),
}).transform(({ discord, ...route }) => ({ ...route, colour: route.colour, target: discord }));

/** A route: which email it takes, and where its alerts are posted. */
export type RouteSettings = z.output<typeof routeSchema>;
