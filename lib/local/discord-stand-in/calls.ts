/** One request to the API, recognised by method and path. */
export type Call = {
  method: 'GET' | 'POST';
  /** The Authorization header; empty where there is none. */
  authorization: string;
  body: string;
} & (
  | { kind: 'channel'; channelId: string }
  | { kind: 'webhook'; webhookId: string; token: string; wait: boolean; threadId: string | undefined }
);

export const API_PATH = '/api/v10';

const CHANNEL = /^\/channels\/(\d+)$/;
const CHANNEL_MESSAGES = /^\/channels\/(\d+)\/messages$/;
const WEBHOOK = /^\/webhooks\/(\d+)\/([^/]+)$/;

/** Which of the four endpoints a request asks for; undefined where it is none of them. */
export function recogniseCall(request: {
  method: string | undefined;
  url: URL;
  authorization: string | undefined;
  body: string;
}): Call | undefined {
  const { method, url, body } = request;
  if (!url.pathname.startsWith(`${API_PATH}/`) || (method !== 'GET' && method !== 'POST')) return undefined;
  const path = url.pathname.slice(API_PATH.length);
  const common = { method, authorization: request.authorization ?? '', body } as const;

  const channelId = (method === 'POST' ? CHANNEL_MESSAGES : CHANNEL).exec(path)?.[1];
  if (channelId) return { ...common, kind: 'channel', channelId };

  const [, webhookId, token] = WEBHOOK.exec(path) ?? [];
  if (!webhookId || !token) return undefined;
  const threadId = url.searchParams.get('thread_id') ?? undefined;
  return { ...common, kind: 'webhook', webhookId, token, wait: url.searchParams.get('wait') === 'true', threadId };
}
