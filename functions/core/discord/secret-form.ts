import type { DiscordTarget } from './discord.ts';

/** One word of ASCII. If fetch refuses a header, its error quotes the value, so nothing else may get that far. */
export function isBotToken(secret: string): boolean {
  return /^[\x21-\x7e]+$/.test(secret);
}

const WEBHOOK_HOST = /^(?:[a-z]+\.)?discord(?:app)?\.com$/;
const WEBHOOK_PATH = /^\/api(?:\/v\d+)?\/webhooks\/(\d+)\/([\w-]+)\/?$/;

/** Id and token from a webhook's URL, for use with any endpoint. */
export function webhookIn(secret: string): { id: string; token: string } | undefined {
  if (!URL.canParse(secret)) return undefined;
  const { protocol, hostname, pathname, search } = new URL(secret);
  // A thread in the URL would be lost, and the alert posted in the wrong place.
  if (protocol !== 'https:' || !WEBHOOK_HOST.test(hostname) || search) return undefined;
  const [, id, token] = WEBHOOK_PATH.exec(pathname) ?? [];
  return id && token ? { id, token } : undefined;
}

/** What is wrong with a secret that cannot be a token or a webhook's URL, and what to do. */
export function unreadableSecret(target: DiscordTarget): string {
  return target.kind === 'bot'
    ? `The parameter ${target.secretParameter} holds no bot token: a token is one word of ASCII characters. Store it again.`
    : `The parameter ${target.secretParameter} holds no webhook URL of the form ` +
        'https://discord.com/api/webhooks/ID/TOKEN. Store it again; a thread belongs in the settings.';
}

/** The name of the secret that a person must find. */
export function nameOfSecret({ kind }: DiscordTarget): string {
  return kind === 'bot' ? 'the bot token' : 'the webhook URL';
}

/** Whether this can be the secret of such a target. */
export function isUsableSecret(secret: string, { kind }: DiscordTarget): boolean {
  return kind === 'bot' ? isBotToken(secret) : webhookIn(secret) !== undefined;
}
