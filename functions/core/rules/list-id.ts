import { addressTokensOf } from '../mail/address-tokens.ts';

const LIST_ID = /^[^\s<>"(),:;@[\\\]]+(?:\.[^\s<>"(),:;@[\\\]]+)*$/;

/** Reads `dev.lists.example.com`, or a part of it from the right; undefined where the text is no list identifier. */
export function parseListPattern(text: string): string | undefined {
  const listId = normalised(text);
  return LIST_ID.test(listId) ? listId : undefined;
}

/**
 * The identifier in a List-Id field: what its last angle brackets hold. The phrase before them and comments are anyone's
 * text (RFC 2919, 2). Empty where there is none.
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

/** `lists.example.com` means that list and every list below it, as a domain does with its subdomains. */
export function matchesList(pattern: string, listId: string): boolean {
  return listId === pattern || listId.endsWith(`.${pattern}`);
}
