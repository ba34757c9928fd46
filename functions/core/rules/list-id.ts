import { addressTokensOf } from '../mail/address-tokens.ts';

const LIST_ID = /^[^\s<>"(),:;@[\\\]]+(?:\.[^\s<>"(),:;@[\\\]]+)*$/;

/** Reads `dev.lists.example.com`, or a part of it from the right; undefined if the text is not a list identifier. */
export function parseListPattern(text: string): string | undefined {
  const listId = normalised(text);
  return LIST_ID.test(listId) ? listId : undefined;
}

/**
 * The identifier in a List-Id field: the content of its last angle brackets. Anyone can write the phrase and the
 * comments before them (RFC 2919, 2). Empty if there is none.
 */
export function listIdOf(header: string): string {
  const tokens = addressTokensOf(header) ?? [];
  const words = tokens.filter(({ kind }) => kind !== 'comment');
  const identifier = words.findLast(({ kind }) => kind === 'angle') ?? (words.length === 1 ? words[0] : undefined);
  return identifier && identifier.kind !== 'quoted' ? normalised(identifier.text) : '';
}

/** Some list servers write the list's address: `dev@lists.example.com` is the list `dev.lists.example.com`. */
function normalised(listId: string): string {
  return listId.trim().toLowerCase().replace('@', '.');
}

/** `lists.example.com` means that list and every list below it, like a domain and its subdomains. */
export function matchesList(pattern: string, listId: string): boolean {
  return listId === pattern || listId.endsWith(`.${pattern}`);
}
