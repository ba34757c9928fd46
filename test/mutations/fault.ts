import type { NapiConfig, Rule, SgNode } from '@ast-grep/napi';
import type { Change, SourceFile } from './source-files.ts';

/** What a fault breaks: a promise of functions/ARCHITECTURE.md, or another of its rules. */
type Broken =
  | 'P1'
  | 'P2'
  | 'P3'
  | 'P4'
  | 'P5'
  | 'P6'
  | 'P7'
  | 'P8'
  | 'P9'
  /** No secret is in an error text, a log or a message, or goes over an open line. */
  | 'secrets'
  /** What runs on one machine is what is deployed. */
  | 'one definition';

/** One deliberate fault: code that still runs, does the wrong thing, and must not get past the tests. */
export type Fault = {
  /** The fault in plain words; no two have the same. */
  name: string;
  breaks: Broken;
  /**
   * The code that it replaces, which the project holds exactly once: a pattern of ast-grep, or one of its rules. A name
   * that the project may change is `$ANY`; what remains is the vocabulary of ports, records, AWS and IMAP.
   */
  find: string | Rule;
  /** The rule's metavariables, where a pattern alone fits too much. */
  where?: Readonly<Record<string, Rule>>;
  /** The code in its place. `$NAME` and `$$$NAMES` are what the pattern found; a function takes the text that it found. */
  replace: string | ((text: string) => string);
  /** The test files, below `test/`, at least one of which must fail; few and quick. */
  caughtBy: readonly [string, ...string[]];
};

/** A part of an object, such as `readOnly: true`, which is no code by itself. */
export function property(text: string): Rule {
  return { pattern: { context: `({ ${text} })`, selector: 'pair' } };
}

/** The file that a fault changes, with the fault in it. Throws where the code does not hold its place exactly once. */
export function changeOf(fault: Fault, sources: readonly SourceFile[]): Change {
  const config = configOf(fault);
  const places = sources
    .filter(({ text }) => wordsOf(fault).every((word) => text.includes(word)))
    .flatMap((source) => source.tree.findAll(config).map((node) => ({ source, node })));
  const [place] = places;
  if (!place || places.length > 1) {
    const found = places.map(({ source, node }) => `\n  ${source.path}:${node.range().start.line + 1}`);
    throw new Error(
      `"${fault.name}" cannot be applied: its pattern fits ${places.length} places and not one. Look how that code has ` +
        `changed, and let the fault follow it.${found.join('')}\n  ${JSON.stringify(config.rule)}`,
    );
  }
  const { source, node } = place;
  const { start, end } = node.range();
  const replacement = replacementOf(fault, node, source.text);
  return {
    file: source.path,
    text: source.text.slice(0, start.index) + replacement + source.text.slice(end.index),
  };
}

/** Of all of them, why they cannot be put into the code as it is. */
export function problemsOf(faults: readonly Fault[], sources: readonly SourceFile[]): string[] {
  return faults.flatMap((fault) => {
    try {
      changeOf(fault, sources);
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
}

/** A file without one of the pattern's words need not be searched, which takes long. */
function wordsOf({ find }: Fault): readonly string[] {
  const pattern = typeof find === 'string' ? find : find.pattern;
  return (typeof pattern === 'string' ? pattern : (pattern?.context ?? '')).match(/(?<![$\w])\w{3,}/g) ?? [];
}

function configOf({ find, where }: Fault): NapiConfig {
  const rule = typeof find === 'string' ? { pattern: find } : find;
  return { rule, ...(where && { constraints: where }) };
}

function replacementOf({ replace }: Fault, node: SgNode, text: string): string {
  if (typeof replace === 'function') return replace(node.text());
  return replace.replaceAll(/\$\$\$([A-Z_]+)|\$([A-Z_]+)/g, (_, many: string | undefined, one: string) => {
    if (many === undefined) return node.getMatch(one)?.text() ?? missing(`$${one}`);
    const nodes = node.getMultipleMatches(many);
    return text.slice(nodes.at(0)?.range().start.index ?? 0, nodes.at(-1)?.range().end.index ?? 0);
  });
}

function missing(what: string): never {
  throw new Error(`The replacement names ${what}, which the pattern does not.`);
}
