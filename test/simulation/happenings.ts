import type { Deployment } from './deployment.ts';
import type { ObservedRename } from './observed.ts';
import type { Plan, PlannedEvent } from './plan.ts';
import type { Troubles } from './planned-troubles.ts';
import type { SimulatedDiscord } from './simulated-discord.ts';
import type { SimulatedMailboxes } from './simulated-mailboxes.ts';
import type { SimulatedServices } from './simulated-services.ts';
import type { SimulatedTime } from './simulated-time.ts';

type OfKind<Kind extends PlannedEvent['kind']> = Extract<PlannedEvent, { kind: Kind }>;

/** What a planned event does to the world, once it is its turn. */
export function happenings(
  plan: Plan,
  {
    time,
    nowMs,
    say,
    mailboxes,
    discord,
    services,
    troubles,
    deployed,
    renames,
  }: {
    time: SimulatedTime;
    nowMs: () => number;
    say: (what: string) => void;
    mailboxes: SimulatedMailboxes;
    discord: SimulatedDiscord;
    services: SimulatedServices;
    troubles: Troubles;
    deployed: Deployment;
    renames: ObservedRename[];
  },
): (event: PlannedEvent) => void {
  const untilHealed = async (atMs: number) => await time.wait(Math.min(atMs, plan.healsAtMs) - nowMs());

  async function dieAndLive({ route, death, isForGood, toMs }: OfKind<'channel dies'>): Promise<void> {
    discord.die(route, death);
    if (isForGood) return;
    await untilHealed(toMs);
    say(`the channel of ${route} lives again (${death})`);
    discord.live(route, death);
  }

  async function changeSecret({ secret, toMs }: OfKind<'secret changes'>): Promise<void> {
    const { parameter, value } = discord.renew(secret);
    await untilHealed(toMs);
    say(`${parameter} holds the new secret`);
    services.secrets.store(parameter, value);
  }

  async function withhold({ token, toMs }: OfKind<'mail is withheld'>): Promise<void> {
    const handOut = mailboxes.withhold(token);
    await untilHealed(toMs);
    say(`the server hands mail ${token} out`);
    handOut();
  }

  async function cap({ mailbox, cap, toMs }: OfKind<'listing is capped'>): Promise<void> {
    const listAll = mailboxes.cap(mailbox, cap);
    await untilHealed(toMs);
    say(`listings of ${mailbox} are whole`);
    listAll();
  }

  async function showLate({ mailbox, mail, uidsAfter, toMs }: OfKind<'mail is visible late'>): Promise<void> {
    const late = mailboxes.arriveUnseen(mailbox, mail, uidsAfter);
    await untilHealed(toMs);
    say(`mail ${mail.token} is visible`);
    late.show();
  }

  async function renameAndDeploy({ mailbox, isRenumbered, toMs }: OfKind<'folder is renamed'>): Promise<void> {
    mailboxes.rename(mailbox);
    if (isRenumbered) mailboxes.renumber(mailbox);
    const fromMs = nowMs();
    await untilHealed(toMs);
    say(`the settings have the new name of ${mailbox}`);
    services.deployNewName(mailbox);
    renames.push({ mailbox, fromMs, toMs: nowMs() });
  }

  /** The troubles look at the clock themselves. */
  const byTheClock = () => {};

  const does: { [Kind in PlannedEvent['kind']]: (event: OfKind<Kind>) => void } = {
    'mail arrives': ({ mailbox, mail, atMs }) => mailboxes.arrive(mailbox, mail, Math.min(atMs, nowMs())),
    'mail is copied': ({ token, to }) => mailboxes.copy(token, to),
    'mail is moved': ({ token, to }) => mailboxes.move(token, to),
    'mail is expunged': ({ token }) => mailboxes.expunge(token),
    'uids change': ({ mailbox }) => mailboxes.renumber(mailbox),
    'uids are reused': ({ mailbox, isReversed }) => mailboxes.reuseUids(mailbox, isReversed),
    'twin arrives': ({ atMs, ...twin }) => mailboxes.arriveTwin(twin, Math.min(atMs, nowMs())),
    'mail is withheld': (event) => void withhold(event),
    'listing is capped': (event) => void cap(event),
    'mail is visible late': (event) => void showLate(event),
    'folder is renamed': (event) => void renameAndDeploy(event),
    'channel dies': (event) => void dieAndLive(event),
    'secret changes': (event) => void changeSecret(event),
    'function runs besides': deployed.double,
    'person redrives': ({ route }) => deployed.redrive(route),
    'person rescans': ({ mailbox, days }) => deployed.rescan(mailbox, days),
    'route is removed': ({ route }) => services.removeRoute(route),
    'message is unreadable': ({ route }) => {
      services.queueOf(route).send('{"put": "by hand"');
      deployed.removeLetters(route);
    },
    'queue delivers twice': ({ route }) => services.queueOf(route).deliverNextTwice(),
    'queue is purged': ({ route }) => services.queueOf(route).purge(),
    'spool line is damaged': troubles.damageNextSegment,
    'segment is lost': services.loseSegment,
    'watermark is lost': ({ mailbox }) => void services.loseWatermark(mailbox),
    'watermark jumps': ({ mailbox, uids }) => void services.pushWatermark(mailbox, uids),
    'call is struck': troubles.await,
    'one call is struck': troubles.await,
    'call is half done': troubles.await,
    'mailbox fails': byTheClock,
    'Discord fails': byTheClock,
    'service fails': byTheClock,
    'function stops': byTheClock,
  };

  return (event) => {
    say(told(event));
    (does[event.kind] as (event: PlannedEvent) => void)(event);
  };
}

function told({ kind, ...event }: PlannedEvent): string {
  const rest = 'mail' in event ? { ...event, mail: { token: event.mail.token, route: event.mail.route } } : event;
  return `${kind} ${JSON.stringify(rest)}`;
}
