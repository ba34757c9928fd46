import type { PlannedEvent } from './plan.ts';

/**
 * Delta debugging (Zeller, "Yesterday, my program worked. Today, it does not. Why?"): leaves out more and more of what
 * happened, as long as what is left still breaks the promise. None of the events that remain can be left out alone.
 */
export async function shrunkEvents(
  events: readonly PlannedEvent[],
  stillBreaks: (events: readonly PlannedEvent[]) => Promise<boolean>,
): Promise<readonly PlannedEvent[]> {
  let remaining = events;
  let parts = 2;
  while (remaining.length > 0 && parts <= 2 * remaining.length) {
    const size = Math.max(1, Math.ceil(remaining.length / parts));
    const smaller = await firstThat(withoutEachPart(remaining, size), stillBreaks);
    if (smaller) {
      remaining = smaller;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) {
      return remaining;
    } else {
      parts *= 2;
    }
  }
  return remaining;
}

function* withoutEachPart<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let from = 0; from < items.length; from += size) yield [...items.slice(0, from), ...items.slice(from + size)];
}

async function firstThat<Item>(
  items: Iterable<Item>,
  holds: (item: Item) => Promise<boolean>,
): Promise<Item | undefined> {
  for (const item of items) if (await holds(item)) return item;
  return undefined;
}
