const LIST_ID = /^[^\s<>"(),:;@[\\\]]+(?:\.[^\s<>"(),:;@[\\\]]+)*$/;

/** Reads `dev.lists.example.com`, or a part of it from the right; undefined where the text is no list identifier. */
export function parseListPattern(text: string): string | undefined {
  const listId = text.trim().toLowerCase();
  return LIST_ID.test(listId) ? listId : undefined;
}

/** The identifier in a List-Id field: what its last angle brackets hold; the phrase before them is anyone's text (RFC 2919, 2). */
export function listIdOf(header: string): string {
  const value = header.trim();
  const listId = value.endsWith('>') ? value.slice(value.lastIndexOf('<') + 1, -1) : value;
  return listId.trim().toLowerCase();
}

/** `lists.example.com` means that list and every list below it, as a domain does with its subdomains. */
export function matchesList(pattern: string, listId: string): boolean {
  return listId === pattern || listId.endsWith(`.${pattern}`);
}
