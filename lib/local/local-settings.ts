import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StartFrom } from '../../functions/core/poll/watermark-start.ts';
import { parseSettings } from '../../functions/core/settings/define-settings.ts';
import type { MailboxSettings, Settings } from '../../functions/core/settings/settings-schema.ts';
import { type NamedMailbox, OptionError } from './options.ts';

const PASSWORD_PARAMETER = '/rollcall/local/mailbox-password';

/**
 * Reads settings: the default export of a module, or a JSON file; functions/settings.ts if no file is named.
 *
 * @throws SettingsError with every mistake, OptionError if the file cannot be read
 */
export async function loadSettings(file: string | undefined): Promise<Settings> {
  return parseSettings(
    await contentOf(file ? resolve(file) : new URL('../../functions/settings.ts', import.meta.url).pathname),
  );
}

async function contentOf(path: string): Promise<unknown> {
  try {
    if (path.endsWith('.json')) return JSON.parse(await readFile(path, 'utf8'));
    const module: { default?: unknown } = await import(pathToFileURL(path).href);
    return module.default;
  } catch (error) {
    if (error instanceof Error && error.name === 'SettingsError') throw error;
    throw new OptionError(`The settings in ${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** The settings with their mailboxes replaced by one: the sample's, or the one named on the command line. */
export function withMailbox(settings: Settings, mailbox: NamedMailbox, startFrom: StartFrom): Settings {
  const { host, port, tls, allowSelfSignedCertificate, user, folder } = mailbox;
  const [first] = settings.mailboxes;
  const local: MailboxSettings = {
    account: first?.account ?? 'local',
    authservId: first?.authservId,
    formerly: [],
    everyMinutes: first?.everyMinutes ?? 15,
    host,
    port,
    tls,
    allowSelfSignedCertificate,
    user,
    auth: { kind: 'password', passwordParameter: PASSWORD_PARAMETER },
    folders: [{ name: folder, formerly: [] }],
    startFrom,
  };
  return { ...settings, mailboxes: [local] };
}

export type LocalDiscord = {
  botToken: string;
  /** A thread names its channel. */
  channels: { id: string; parentId?: string }[];
  webhooks: { id: string; token: string; channelId: string }[];
};

/** A Discord server with exactly the targets of these settings. */
export function discordFor({ routes }: Settings): LocalDiscord & { parameters: Record<string, string> } {
  const botToken = 'local-bot-token';
  const parameters: Record<string, string> = {};
  const channels = new Map<string, LocalDiscord['channels'][number]>();
  const webhooks = new Map<string, LocalDiscord['webhooks'][number]>();
  for (const { target } of routes) {
    if (target.kind === 'bot') {
      parameters[target.secretParameter] = botToken;
      channels.set(target.channelId, { id: target.channelId });
    } else {
      const id = String(10n ** 17n + BigInt(webhooks.size));
      const webhook = webhooks.get(target.secretParameter) ?? { id, token: `local-webhook-token-${id}`, channelId: id };
      const { channelId } = webhook;
      webhooks.set(target.secretParameter, webhook);
      channels.set(channelId, { id: channelId });
      if (target.threadId) channels.set(target.threadId, { id: target.threadId, parentId: channelId });
      parameters[target.secretParameter] = `https://discord.com/api/webhooks/${webhook.id}/${webhook.token}`;
    }
  }
  return { botToken, channels: [...channels.values()], webhooks: [...webhooks.values()], parameters };
}

/** The contents of the parameter store: the mailbox's password and the secrets of the local Discord. */
export function localSecrets(mailbox: NamedMailbox, discord: { parameters: Readonly<Record<string, string>> }) {
  return { ...discord.parameters, [PASSWORD_PARAMETER]: mailbox.password };
}
