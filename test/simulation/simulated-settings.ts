import type { PostedRoute } from '../../functions/core/delivery/posting.ts';
import type { PostStyle } from '../../functions/core/discord/post-packing.ts';
import { type Classifier, compileRules } from '../../functions/core/rules/classify.ts';
import { routeSchema } from '../../functions/core/settings/route-schema.ts';

/** What is deployed in a simulation: two bot channels under one token, a webhook, and three folders of two accounts. */

export const BOT_TOKEN_PARAMETER = '/rollcall/bot';
export const WEBHOOK_PARAMETER = '/rollcall/hook';

/** Of the receiver's own Authentication-Results. */
export const AUTHSERV_ID = 'mx.example.net';

/** Whom a route may ping, and nobody else. */
export const PINGED_USER = '100000000000000009';

const SETTINGS = [
  {
    id: 'vip',
    colour: '#e8a33d',
    discord: { channelId: '100000000000000001', botTokenParameter: BOT_TOKEN_PARAMETER },
    ping: { users: [PINGED_USER] },
    rules: [{ name: 'board', from: 'vip.example', authenticated: true }],
  },
  {
    id: 'stripe',
    discord: { channelId: '100000000000000002', botTokenParameter: BOT_TOKEN_PARAMETER },
    rules: [{ name: 'payments', from: 'stripe.example', subject: '(a+)+ paid|payment' }],
  },
  {
    id: 'customer',
    discord: { webhookParameter: WEBHOOK_PARAMETER },
    rules: [{ name: 'inquiries', from: 'customer.example' }],
  },
].map((route) => routeSchema.parse(route));

export const ROUTE_IDS = ['vip', 'stripe', 'customer'] as const;
export type RouteId = (typeof ROUTE_IDS)[number];

/** Where a reader sees what the route posts. */
export const CHANNELS: Readonly<Record<RouteId, string>> = {
  vip: '100000000000000001',
  stripe: '100000000000000002',
  customer: '100000000000000003',
};
export const WEBHOOK_ID = '100000000000000004';

export const ROUTES: readonly (PostedRoute & PostStyle & { id: RouteId })[] = SETTINGS.map((route) => ({
  ...route,
  id: route.id as RouteId,
}));

/** The settings as they are deployed, by the route that was removed from them: no simulation removes more than one. */
const DEPLOYED = new Map(
  [undefined, ...ROUTE_IDS].map((removed) => {
    const kept = SETTINGS.filter(({ id }) => id !== removed);
    const routes = ROUTES.filter(({ id }) => id !== removed);
    const classify = compileRules(kept, { authservIdOf: () => AUTHSERV_ID });
    return [removed, { routes, routeIds: routes.map(({ id }) => id), classify }] as const;
  }),
);
export type DeployedRoutes = { routes: typeof ROUTES; routeIds: readonly RouteId[]; classify: Classifier };

/** The same for every simulation, since rules remember nothing. */
export function routesWithout(removed: RouteId | undefined): DeployedRoutes {
  return DEPLOYED.get(removed) as DeployedRoutes;
}

export const MAILBOXES = ['support/INBOX', 'support/Sales', 'billing/INBOX'] as const;
export type MailboxName = (typeof MAILBOXES)[number];

/** Of each mailbox, the name that its folder gets where it is renamed. Plans and judge go by the first name all along. */
export const NEW_NAMES: Readonly<Record<MailboxName, string>> = {
  'support/INBOX': 'support/Requests',
  'support/Sales': 'support/Orders',
  'billing/INBOX': 'billing/Invoices',
};

/** The mailbox that has the name, or has got it. */
export function mailboxNamed(name: string): MailboxName {
  return MAILBOXES.find((mailbox) => mailbox === name || NEW_NAMES[mailbox] === name) as MailboxName;
}
