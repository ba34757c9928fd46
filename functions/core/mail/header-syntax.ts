/** Finds where the delimited parts of a structured header value end (RFC 5322, 3.2). Each is read in one pass. */

/** A backslash escapes the next character (3.2.4). -1 if the quote is not closed. */
export function endOfQuote(value: string, start: number): number {
  for (let position = start + 1; position < value.length; position += 1) {
    if (value[position] === '\\') position += 1;
    else if (value[position] === '"') return position + 1;
  }
  return -1;
}

/** Comments nest, and a backslash escapes the next character (3.2.2). -1 if the comment is not closed. */
export function endOfComment(value: string, start: number): number {
  let depth = 0;
  for (let position = start; position < value.length; position += 1) {
    if (value[position] === '\\') position += 1;
    else if (value[position] === '(') depth += 1;
    else if (value[position] === ')') depth -= 1;
    if (depth === 0) return position + 1;
  }
  return -1;
}

/** Where a match of this sticky pattern that begins at `start` ends. -1 if it does not match. */
export function endOfMatch(sticky: RegExp, value: string, start: number): number {
  sticky.lastIndex = start;
  return sticky.test(value) ? sticky.lastIndex : -1;
}
