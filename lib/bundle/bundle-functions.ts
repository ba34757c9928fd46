import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import { slimAwsClients } from './aws-clients.ts';
import { leaveOut } from './left-out.ts';
import { replace } from './replaced.ts';
import { ownSourceMap } from './source-map.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** What Lambda loads, in the folder that becomes its asset. */
export const BUNDLE_FILE = 'index.mjs';

export type FunctionBundle = {
  /** The folder under `functions/`. */
  name: string;
  bytes: number;
  /** What it consists of, with the bytes that each file takes in it, the largest first. */
  inputs: readonly { path: string; bytes: number }[];
};

/**
 * Bundles every function for Lambda, each into a folder of its name. What comes out depends on nothing but the sources:
 * the same bytes on every machine, so that only what has changed is deployed.
 *
 * @param settings what the functions run with. They are written into the bundle as they were read and checked here, so
 *   that no function carries what only checking them takes.
 * @throws where a function cannot be bundled
 */
export async function bundleFunctions(settings: Settings, directory: string): Promise<FunctionBundle[]> {
  return await Promise.all(
    functionsIn(await readdir(`${PROJECT}functions`)).map((name) => bundle(name, settings, directory)),
  );
}

function functionsIn(folders: readonly string[]): string[] {
  return folders.filter((name) => existsSync(`${PROJECT}functions/${name}/index.ts`)).sort();
}

async function bundle(name: string, settings: Settings, directory: string): Promise<FunctionBundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: PROJECT,
    entryPoints: [`functions/${name}/index.ts`],
    // Nothing is written there; the source map's paths are relative to it.
    outfile: BUNDLE_FILE,
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The ES modules of packages, of which esbuild can leave out what nobody imports. The SDK is bundled with the rest:
    // the one that was tested is the one that runs, not whichever the runtime brings.
    mainFields: ['module', 'main'],
    minify: true,
    inject: [fileURLToPath(new URL('./stack-traces.ts', import.meta.url))],
    // Not named in the bundle, where Node would read it at every start; see stack-traces.ts.
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'warning',
    // Some packages are CommonJS: in an ES module `require` is not there until someone makes it.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    plugins: [settingsAsRead(settings), leaveOut, replace, slimAwsClients],
  });
  const folder = join(directory, name);
  await mkdir(folder, { recursive: true });
  for (const { path, text } of outputFiles) {
    const isMap = path.endsWith('.map');
    await writeFile(
      join(folder, isMap ? `${BUNDLE_FILE}.map` : BUNDLE_FILE),
      isMap ? ownSourceMap(text, ownSource) : text,
    );
  }
  const { bytes = 0, inputs = {} } = metafile.outputs[BUNDLE_FILE] ?? {};
  const parts = Object.entries(inputs).map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }));
  return { name, bytes, inputs: parts.sort((a, b) => b.bytes - a.bytes) };
}

function ownSource(source: string): string | undefined {
  return source.startsWith('functions/') ? source : undefined;
}

/** In the place of `functions/settings.ts`: what became of it here. */
function settingsAsRead(settings: Settings): Plugin {
  return {
    name: 'settings',
    setup(build) {
      build.onLoad({ filter: /\/functions\/settings\.ts$/ }, () => ({
        contents: JSON.stringify(settings),
        loader: 'json',
      }));
    },
  };
}
