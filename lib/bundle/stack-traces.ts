import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/**
 * Makes stack traces name the files and lines of functions/ instead of the bundle's. Node's --enable-source-maps would do
 * that too, but counts the bundle's characters at every start, a tenth of the time until the first line runs
 * (lineLengths in lib/internal/source_map/source_map_cache.js); here nothing is done until an error is asked for its stack.
 */
Error.prepareStackTrace = (error, frames) => [String(error), ...frames.map(shown)].join('\n    at ');

/** Beside the bundle; see bundle-functions.ts. */
const MAP = new URL('./index.mjs.map', import.meta.url);

let map: SourceMap | undefined;

function shown(frame: NodeJS.CallSite): string {
  const asInBundle = String(frame);
  const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  if (file !== import.meta.url || line === null || column === null) return asInBundle;
  try {
    map ??= new SourceMap(JSON.parse(readFileSync(MAP, 'utf8')));
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry) || !entry.originalSource) return asInBundle;
    const original = `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    return asInBundle.replace(`${file}:${line}:${column}`, original);
  } catch {
    // Whatever is wrong with the map, the error itself is what has to be told.
    return asInBundle;
  }
}
