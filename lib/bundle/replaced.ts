import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { filesOf, packageModuleOf } from './package-module.ts';

/** What the functions do call, of which a few lines of ours do all that they need. Each stand-in says why it suffices. */
const STAND_INS: Readonly<Record<string, URL>> = {
  'imapflow/dist/esm/special-use.js': new URL('./stand-ins/special-use.ts', import.meta.url),
  'libmime/dist/esm/libmime.js': new URL('./stand-ins/libmime.ts', import.meta.url),
  '@aws-sdk/credential-provider-node/dist-es/index.js': new URL('./stand-ins/credential-provider.ts', import.meta.url),
  '@aws-sdk/endpoint-cache/dist-es/EndpointCache.js': new URL('./stand-ins/endpoint-cache.ts', import.meta.url),
  '@smithy/core/dist-es/submodules/event-streams/index.js': new URL('./stand-ins/event-streams.ts', import.meta.url),
};

/**
 * Node's own `node:process`, of which the SDK imports `env` and `versions`. To import it is to evaluate all that `process`
 * has: stdin is opened and the table of Node's flags is built, which takes milliseconds of every init.
 */
const NODE_PROCESS = { name: 'node:process', contents: 'export const { env, versions } = process;' };

/** Every module that has a stand-in. */
export const MODULES_REPLACED: readonly string[] = Object.keys(STAND_INS);

/** Puts our stand-ins in the place of the modules that they stand in for. */
export const replace: Plugin = {
  name: 'stand-ins',
  setup(build) {
    build.onLoad({ filter: filesOf(MODULES_REPLACED) }, ({ path }) => {
      const standIn = STAND_INS[packageModuleOf(path)];
      if (!standIn) return undefined;
      return { contents: readFileSync(standIn, 'utf8'), resolveDir: dirname(fileURLToPath(standIn)), loader: 'ts' };
    });
    build.onResolve({ filter: new RegExp(`^${NODE_PROCESS.name}$`) }, ({ path }) => ({ path, namespace: 'stand-in' }));
    build.onLoad({ filter: /./, namespace: 'stand-in' }, () => ({ contents: NODE_PROCESS.contents, loader: 'js' }));
  },
};
