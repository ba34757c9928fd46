import type { DeliveryFailure } from '../../functions/core/records/delivery-failure.ts';
import type { NewLedgerEntry } from '../../functions/core/records/ledger-entry.ts';

let entries = 0;

/** An alert of its own mailId, mailbox and route, so that tests can share one table. */
export function sampleEntry(differences: Partial<NewLedgerEntry> = {}): NewLedgerEntry {
  entries += 1;
  return {
    mailId: `mail-${entries}`,
    location: { mailbox: `account-${entries}/INBOX`, uidValidity: '17', uid: entries },
    route: `route-${entries}`,
    rule: 'a rule',
    reason: null,
    record: {
      from: 'Ada Lovelace <ada@example.com>',
      to: 'support@example.net',
      subject: 'The engine weaves 🧵',
      snippet: 'algebraic patterns\nas the loom weaves flowers',
      date: '2026-03-02T08:59:00.000Z',
      messageId: '<1@example.com>',
      link: null,
    },
    acceptedAt: new Date('2026-03-02T09:00:00.000Z'),
    ...differences,
  };
}

export function sampleFailure(differences: Partial<DeliveryFailure> = {}): DeliveryFailure {
  return {
    kind: 'target',
    status: 403,
    code: '50001',
    text: 'Discord answered 403 for channel 1: give the bot access.',
    at: new Date('2026-03-02T09:05:00.000Z'),
    ...differences,
  };
}

export async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
