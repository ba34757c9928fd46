import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import settings from '../../functions/settings.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../lib/local/discord-stand-in/discord-stand-in.ts';
import { discordFor } from '../../lib/local/local-settings.ts';
import type { SampleMail } from '../../lib/local/sample-mailbox/sample-mail.ts';
import { sampleMails } from '../../lib/local/sample-mailbox/sample-mails.ts';
import { type Dovecot, startDovecot } from '../dovecot/dovecot.ts';
import type { Emulator } from './emulator.ts';

export const FOLDER = 'INBOX';

/** The services outside of AWS: a mailbox with email in it, and a Discord server. */
export type World = {
  dovecot: Dovecot;
  discord: DiscordStandIn;
  /** In the order of their uids, which begin with 1. */
  mails: SampleMail[];
  /** Delivers more mail. */
  deliver(mails: readonly SampleMail[]): void;
  channelOf(route: string): string;
  /** A channel that answers 403, missing access, to everything. */
  close(route: string): void;
  /** The next post to a channel is refused by its rate limit, for this long. */
  haveWait(route: string, seconds: number): void;
  openAll(): void;
  stop(): Promise<void>;
};

/** The sample's emails once more, as other emails: only the Message-ID and the date distinguish them. */
export function mailsAgain({ mails }: World): SampleMail[] {
  return mails.map((mail) => ({
    ...mail,
    raw: Buffer.from(mail.raw.toString('latin1').replaceAll('@mail.example>', '-again@mail.example>'), 'latin1'),
  }));
}

export async function startWorld(): Promise<World> {
  const [mailbox] = settings.mailboxes;
  const dovecot = await startDovecot({
    users: [{ user: mailbox?.user ?? '', password: 'correct-horse-battery-staple' }],
  });
  const discord = await startDiscordStandIn(discordFor(settings));
  const world: World = {
    dovecot,
    discord,
    mails: [],
    deliver(mails) {
      dovecot.deliver(FOLDER, mails);
      world.mails.push(...mails);
    },
    channelOf(route) {
      const target = settings.routes.find(({ id }) => id === route)?.target;
      if (target?.kind !== 'bot') throw new Error(`The shipped settings have no channel of a route ${route}.`);
      return target.channelId;
    },
    close(route) {
      discord.faults.add({
        channelId: world.channelOf(route),
        outcome: { kind: 'answer', status: 403, code: 50001 },
      });
    },
    haveWait(route, seconds) {
      const headers = { 'retry-after': String(seconds), 'x-ratelimit-scope': 'user' };
      discord.faults.add({
        channelId: world.channelOf(route),
        method: 'POST',
        times: 1,
        outcome: { kind: 'answer', status: 429, headers },
      });
    },
    openAll: () => discord.faults.clear(),
    async stop() {
      await discord.stop();
      await dovecot.stop();
    },
  };
  world.deliver(await sampleMails(new Date()));
  return world;
}

/** What lib/DEPLOYING.md has a user do before the deployment: two secrets, and the digest's addresses. */
export async function storeSecrets({ dovecot }: World, { client }: Emulator): Promise<void> {
  const ssm = new SSMClient(client);
  const { parameters } = discordFor(settings);
  const [mailbox] = settings.mailboxes;
  if (mailbox?.auth.kind !== 'password') throw new Error('The shipped mailbox does not sign in with a password.');
  for (const [Name, Value] of Object.entries({ ...parameters, [mailbox.auth.passwordParameter]: dovecot.password })) {
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
  }
  const ses = new SESv2Client(client);
  for (const EmailIdentity of [settings.digest.from, ...settings.digest.to]) {
    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity }));
  }
}
