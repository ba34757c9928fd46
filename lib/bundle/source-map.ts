import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';

type SourceMap = { version: 3; sources: (string | null)[]; mappings: string; names: string[] };

/**
 * The map of a bundle with nothing but Rollcall's own files: a tenth of what would name the lines of packages too, and
 * nothing of the machine on which it was made.
 *
 * @param map as esbuild writes it, paths relative to the bundle's folder
 * @param own the path by which a source is named, or undefined where it is not ours
 */
export function ownSourceMap(map: string, own: (source: string) => string | undefined): string {
  const { sources, mappings } = JSON.parse(map) as SourceMap;
  const names = sources.map((source) => (source === null ? undefined : own(source)));
  const kept = names.flatMap((name, index) => (name === undefined ? [] : [{ name, index }]));
  const newIndex = new Map(kept.map(({ index }, position) => [index, position]));
  const lines = decode(mappings).map((line) => {
    const segments: SourceMapSegment[] = [];
    for (const [column, source, sourceLine, sourceColumn] of line) {
      const position = source === undefined ? undefined : newIndex.get(source);
      if (position !== undefined) segments.push([column, position, sourceLine ?? 0, sourceColumn ?? 0]);
      // Without a source: here ends what the segment before it stands for.
      else if (segments.at(-1)?.length === 4) segments.push([column]);
    }
    return segments;
  });
  return JSON.stringify({ version: 3, sources: kept.map(({ name }) => name), names: [], mappings: encode(lines) });
}
