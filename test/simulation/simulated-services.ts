import type { Digest } from '../../functions/core/digest/digest.ts';
import type { DigestMail, Mailer } from '../../functions/core/digest/mailer.ts';
import { digestMailOf } from '../../functions/core/digest/view/digest-mail.ts';
import type { Discord, DiscordTarget, DiscordTargets } from '../../functions/core/discord/discord.ts';
import { rateLimitMemory } from '../../functions/core/discord/rate-limit-memory.ts';
import type { Login } from '../../functions/core/mail/login.ts';
import { accountOf } from '../../functions/core/mail/mail.ts';
import type { MailReader } from '../../functions/core/mail/mail-reader.ts';
import type { AlertQueue } from '../../functions/core/records/alert-queue.ts';
import type { DeadLetters } from '../../functions/core/records/dead-letters.ts';
import { HandOverFailed, type RouteQueues } from '../../functions/core/records/route-queues.ts';
import { PENDING_PREFIX, type Spool } from '../../functions/core/records/spool.ts';
import { SecretMissing, type Secrets } from '../../functions/core/secrets.ts';
import type { Clock } from '../../functions/core/time.ts';
import { memoryDigestRuns } from '../fakes/memory-digest-runs.ts';
import { memoryLedger } from '../fakes/memory-ledger.ts';
import { memoryMailer } from '../fakes/memory-mailer.ts';
import { memoryPauses } from '../fakes/memory-pauses.ts';
import { memorySecrets } from '../fakes/memory-secrets.ts';
import { memorySpool } from '../fakes/memory-spool.ts';
import { memoryTargetChecks } from '../fakes/memory-target-checks.ts';
import { memoryWatermarks } from '../fakes/memory-watermarks.ts';
import { openPaths } from '../fakes/open-paths.ts';
import type { Random } from '../fuzz/random.ts';
import type { Invocation } from './invocation.ts';
import { MINUTE_MS } from './plan.ts';
import type { Troubles } from './planned-troubles.ts';
import { PORT_METHODS } from './port-methods.ts';
import { FIRST_SECRETS, type SimulatedDiscord } from './simulated-discord.ts';
import type { SimulatedMailboxes } from './simulated-mailboxes.ts';
import { type SimulatedQueue, simulatedQueue } from './simulated-queue.ts';
import { type MailboxName, NEW_NAMES, ROUTE_IDS, type RouteId } from './simulated-settings.ts';

const SECRETS_CACHED_MS = 5 * MINUTE_MS;

/** What outlives an invocation where its process does. */
export type Process = {
  rateLimits: ReturnType<typeof rateLimitMemory>;
  secrets: Map<string, { value: string; readAtMs: number }>;
};

export function newProcess(): Process {
  return { rateLimits: rateLimitMemory(), secrets: new Map() };
}

/** What the plan does to services besides striking calls. */
export type Interference = Pick<Troubles, 'mailboxFailure' | 'isHalfDone' | 'keptText'> & {
  wroteToMailbox(call: string): void;
  /** A route's queue made a message a dead letter by itself. */
  gaveUp(route: RouteId): void;
  /** The mail service took a digest of this invocation. */
  sent(invocation: string, mail: DigestMail, digest: Digest): void;
};

/** The services of one simulated deployment, as they are; an invocation meets them through `portsOf`. */
export function simulatedServices(
  world: {
    clock: Clock;
    random: Random;
    discord: SimulatedDiscord;
    mailboxes: SimulatedMailboxes;
  },
  { mailboxFailure, isHalfDone, keptText, wroteToMailbox, sent, gaveUp }: Interference,
) {
  const { clock, random, discord, mailboxes } = world;
  const dice = { pick: random.between, chance: random.chance };
  const queues = new Map<string, SimulatedQueue>(
    ROUTE_IDS.map((route) => [route, simulatedQueue(clock, { ...dice, onGivenUp: () => gaveUp(route) })]),
  );
  const queueOf = (route: string) => queues.get(route) as SimulatedQueue;
  const spool = memorySpool();
  const secrets = memorySecrets(FIRST_SECRETS);

  const stored = {
    ledger: memoryLedger(),
    watermarks: memoryWatermarks(),
    pauses: memoryPauses(),
    targetChecks: memoryTargetChecks(),
    operatorPaths: openPaths,
    digestRuns: memoryDigestRuns(),
    mailer: memoryMailer(),
  };

  let removedRoute: RouteId | undefined;
  let renamedMailbox: MailboxName | undefined;
  const routeQueues: RouteQueues = {
    async send(route, messages) {
      if (route === removedRoute) {
        throw new HandOverFailed(
          route,
          messages.map(({ mailId }) => ({ mailId, reason: 'the queue does not exist' })),
        );
      }
      const taken = isHalfDone('routeQueues.send') ? Math.floor(messages.length / 2) : messages.length;
      for (const message of messages.slice(0, taken)) queueOf(route).send(JSON.stringify(message));
      const refused = messages.slice(taken).map(({ mailId }) => ({ mailId, reason: 'InternalError' }));
      if (refused.length > 0) throw new HandOverFailed(route, refused);
    },
  };
  const deadLetters: DeadLetters = {
    deleteWhere: async (route, visit) => await queueOf(route).deadLetters.deleteWhere(route, visit),
    unreadable: async (route) => await queueOf(route).deadLetters.unreadable(route),
    remove: async (route, messageId) => await queueOf(route).deadLetters.remove(route, messageId),
  };
  const keptSpool: Spool = {
    pending: spool.pending,
    write: async ({ key, text }) => await spool.write({ key, text: keptText(key, text) }),
    async archive(key, day) {
      const text = spool.objects.get(key);
      await spool.archive(key, day);
      if (!isHalfDone('spool.archive') || text === undefined) return;
      await spool.write({ key, text });
      throw new Error(`${key} was copied, and is still there`);
    },
  };

  async function nameOfWatermark(mailbox: MailboxName): Promise<string> {
    if (renamedMailbox !== mailbox) return mailbox;
    const { watermark } = (await stored.watermarks.get(NEW_NAMES[mailbox])) ?? {};
    return watermark ? NEW_NAMES[mailbox] : mailbox;
  }

  function readerOf(mailbox: MailboxName, { reach }: Invocation): MailReader {
    return reach('reader', {
      async visit(folder, visit) {
        const failure = mailboxFailure(mailbox);
        if (failure) throw failure;
        const name = `${accountOf(mailbox)}/${folder}`;
        return await mailboxes.visit(name, async (session) => await visit(reach('session', onlyRead(session))));
      },
    } satisfies MailReader);
  }

  /** A refusal ends when a person stores the right password. */
  const loginOf = (mailbox: MailboxName): Login => ({
    version: async () => (mailboxFailure(mailbox)?.kind === 'credentials' ? 'wrong' : 'right'),
  });

  function onlyRead<Session extends object>(session: Session): Session {
    return new Proxy(session, {
      get(target, property) {
        if (!(property in PORT_METHODS.session)) wroteToMailbox(String(property));
        return Reflect.get(target, property);
      },
    });
  }

  /** As the adapter does, which keeps secrets for five minutes. */
  function secretsOf({ reach }: Invocation, process: Process): Secrets {
    const reached = reach<Secrets>('secrets', secrets);
    return {
      async read(parameter, { fresh } = { fresh: false }) {
        const known = process.secrets.get(parameter);
        const nowMs = clock.now().getTime();
        if (!fresh && known && nowMs - known.readAtMs < SECRETS_CACHED_MS) return known.value;
        const value = await reached.read(parameter, { fresh });
        process.secrets.set(parameter, { value, readAtMs: nowMs });
        return value;
      },
    };
  }

  const digests = new Map<DigestMail, Digest>();
  function formatDigest(digest: Digest): DigestMail {
    const mail = digestMailOf(digest, 'UTC');
    digests.set(mail, digest);
    return mail;
  }

  function mailerOf({ id }: Invocation): Mailer {
    return {
      async send(mail) {
        const receipt = await stored.mailer.send(mail);
        const digest = digests.get(mail);
        if (digest) sent(id, mail, digest);
        return receipt;
      },
    };
  }

  function discordOf(invocation: Invocation, process: Process): Discord & DiscordTargets {
    const { reach } = invocation;
    const read = secretsOf(invocation, process).read;
    const secretOf = async (target: DiscordTarget, freshSecret: boolean) => {
      const parameter = target.secretParameter;
      try {
        return { kind: 'secret', value: await read(parameter, { fresh: freshSecret }) } as const;
      } catch (error) {
        if (error instanceof SecretMissing) return { kind: 'no secret', parameter, text: error.message } as const;
        throw error;
      }
    };
    const { post } = reach<Discord>('discord', {
      async post(target, message, { freshSecret }) {
        const secret = await secretOf(target, freshSecret);
        return secret.kind === 'secret' ? await discord.post(secret.value, target, message) : secret;
      },
    });
    const { look } = reach<DiscordTargets>('discordTargets', {
      async look(target, { freshSecret }) {
        const secret = await secretOf(target, freshSecret);
        return secret.kind === 'secret'
          ? await discord.look(secret.value, target)
          : { answer: secret, missingPermissions: [] };
      },
    });
    return { post, look };
  }

  return {
    ...stored,
    spool,
    secrets,
    queueOf,
    removedRoute: () => removedRoute,
    /** What lies in its queues goes with them. */
    removeRoute(route: RouteId): void {
      removedRoute = route;
      queueOf(route).purge();
      queueOf(route).takeDeadLetters();
    },
    renamedMailbox: () => renamedMailbox,
    /** The settings have the new name of its folder from now on. */
    deployNewName(mailbox: MailboxName): void {
      renamedMailbox = mailbox;
    },
    /** The one that polls go by, or would carry over. */
    async loseWatermark(mailbox: MailboxName): Promise<void> {
      stored.watermarks.forget(await nameOfWatermark(mailbox));
    },
    /** The oldest one that no digest has carried, as if someone had deleted it. */
    loseSegment(): void {
      const key = [...spool.objects.keys()].find((candidate) => candidate.startsWith(PENDING_PREFIX));
      if (key) spool.lose(key);
    },
    /** As no poll does it. */
    async pushWatermark(mailbox: MailboxName, uids: number): Promise<void> {
      const { watermark } = (await stored.watermarks.get(await nameOfWatermark(mailbox))) ?? {};
      if (watermark) await stored.watermarks.move(watermark, { ...watermark, lastUid: watermark.lastUid + uids });
    },
    /** Everything that a function may reach, as one invocation of it does. */
    portsOf(invocation: Invocation, process: Process) {
      const { reach } = invocation;
      const talk = discordOf(invocation, process);
      return {
        ledger: reach('ledger', stored.ledger),
        watermarks: reach('watermarks', stored.watermarks),
        pauses: reach('pauses', stored.pauses),
        targetChecks: reach('targetChecks', stored.targetChecks),
        operatorPaths: reach('operatorPaths', stored.operatorPaths),
        digestRuns: reach('digestRuns', stored.digestRuns),
        mailer: reach('mailer', mailerOf(invocation)),
        formatDigest,
        spool: reach('spool', keptSpool),
        routeQueues: reach('routeQueues', routeQueues),
        deadLetters: reach('deadLetters', deadLetters),
        discord: talk,
        discordTargets: talk,
        readerOf: (mailbox: MailboxName) => readerOf(mailbox, invocation),
        loginOf: (mailbox: MailboxName) => reach('login', loginOf(mailbox)),
        alertQueueOf: (route: RouteId): AlertQueue => reach('alertQueue', queueOf(route)),
      };
    },
  };
}

export type SimulatedServices = ReturnType<typeof simulatedServices>;
export type Ports = ReturnType<SimulatedServices['portsOf']>;
