/** Where the frames of a structured header value end (RFC 5322, 3.2). Each is read in one pass. */

/** A backslash takes the next character's meaning (3.2.4). -1 where the quote is left open. */
export function endOfQuote(value: string, start: number): number {
  for (let position = start + 1; position < value.length; position += 1) {
    if (value[position] === '\\') position += 1;
    else if (value[position] === '"') return position + 1;
  }
  return -1;
}

/** Comments nest, and a backslash takes the next character's meaning (3.2.2). -1 where it does not end. */
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

/** Where the pattern, a sticky one, ends that begins here. -1 where it does not fit. */
export function endOfMatch(sticky: RegExp, value: string, start: number): number {
  sticky.lastIndex = start;
  return sticky.test(value) ? sticky.lastIndex : -1;
}
