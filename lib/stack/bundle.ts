import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const NEVER_CALLED = fileURLToPath(new URL('./never-called.ts', import.meta.url));

/** Packages of dependencies that no function calls. Calling one throws an error. */
const LEFT_OUT = {
  // imapflow connects without a proxy, and writes to the log that it is given.
  socks: NEVER_CALLED,
  pino: NEVER_CALLED,
  // imapflow downloads nothing: text is fetched in steps and decoded by functions/core/mail.
  '@zone-eu/mailsplit': NEVER_CALLED,
  '@zone-eu/mailsplit/lib/flowed-decoder.js': NEVER_CALLED,
};

/** What Lambda loads. Its source map, next to it, lets Node show lines of functions/ in a stack trace. */
export const BUNDLE_FILE = 'index.mjs';

/**
 * Bundles one function for Lambda. The same sources and settings give the same bytes on every machine, so that only
 * changes are deployed.
 *
 * @param settings what the function runs with; they are written into the bundle as read and checked at synth
 * @returns the size of the bundle in bytes, without its map
 */
export function bundleFunction(name: string, settings: Settings, directory: string): number {
  const { outputFiles } = buildSync({
    absWorkingDir: PROJECT,
    entryPoints: [`functions/${name}/index.ts`],
    // Nothing is written there; the paths in the map are relative to it.
    outfile: BUNDLE_FILE,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Prefer ES modules: esbuild can leave out their unused code.
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    alias: { ...LEFT_OUT, '#settings': `data:application/json,${encodeURIComponent(JSON.stringify(settings))}` },
    // Some packages are CommonJS and call `require`, which an ES module does not have.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  mkdirSync(directory, { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(join(directory, basename(path)), contents);
  return outputFiles.find(({ path }) => basename(path) === BUNDLE_FILE)?.contents.length ?? 0;
}

/** The code of a function, bundled when the stack is synthesized, unless CDK needs no assets, as for `cdk destroy`. */
export function bundledCode(name: string, settings: Settings): Code {
  const tryBundle = (directory: string) => bundleFunction(name, settings, directory) > 0;
  return Code.fromAsset(`${PROJECT}functions/${name}`, {
    assetHashType: AssetHashType.OUTPUT,
    // CDK requires an image but never uses it: a failing bundle throws.
    bundling: { image: DockerImage.fromRegistry('no-container'), local: { tryBundle } },
  });
}
