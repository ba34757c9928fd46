import type { SgNode } from '@ast-grep/napi';
import type { Change, SourceFile } from '../source-files.ts';

/** One small change that no person chose. */
export type Mutant = Change & {
  /** In plain words. */
  kind: string;
  line: number;
  /** The lines that differ: as they are, and as the mutant has them. */
  before: string;
  after: string;
};

/** A replacement of one part of a file. */
export type Edit = { kind: string; node: SgNode; replacement: string };

/** The mutant that an edit makes of its file. */
export function mutantOf(source: SourceFile, { kind, node, replacement }: Edit): Mutant {
  const { start, end } = node.range();
  const text = source.text.slice(0, start.index) + replacement + source.text.slice(end.index);
  return { kind, file: source.path, text, ...differenceOf(source.text.split('\n'), text.split('\n')) };
}

/** Without the lines that both have at their beginning and at their end. */
function differenceOf(before: readonly string[], after: readonly string[]): Pick<Mutant, 'line' | 'before' | 'after'> {
  const shorter = Math.min(before.length, after.length);
  let top = 0;
  while (top < shorter && before[top] === after[top]) top += 1;
  let bottom = 0;
  while (bottom < shorter - top && before.at(-1 - bottom) === after.at(-1 - bottom)) bottom += 1;
  const different = (lines: readonly string[]) => lines.slice(top, lines.length - bottom).join('\n');
  return { line: top + 1, before: different(before), after: different(after) };
}
