/**
 * Joins the lines of a paragraph of format=flowed (RFC 3676, 4): lines that end in a space and have the same depth of
 * quoting. `delSp` removes that space, for languages that are written without spaces.
 */
export function unflowedText(text: string, { delSp }: { delSp: boolean }): string {
  const paragraphs: string[] = [];
  let openDepth: number | undefined;
  for (const line of text.split(/\r?\n/)) {
    const depth = depthOfQuoting(line);
    const unquoted = line.slice(depth);
    const content = unquoted.startsWith(' ') ? unquoted.slice(1) : unquoted;
    // The separator of a signature ends in a space but is a line of its own (RFC 3676, 4.3).
    const isSoft = content.endsWith(' ') && content !== '-- ';
    const shown = isSoft && delSp ? content.slice(0, -1) : content;
    if (openDepth === depth) paragraphs.push(shown);
    else paragraphs.push('\n', '>'.repeat(depth), depth > 0 ? ' ' : '', shown);
    openDepth = isSoft ? depth : undefined;
  }
  return paragraphs.join('');
}

function depthOfQuoting(line: string): number {
  let depth = 0;
  while (line[depth] === '>') depth += 1;
  return depth;
}
