import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The code of a function, bundled when the stack is synthesized; not where CDK needs no assets, as for `cdk destroy`. */
export function bundledCode(name: string): Code {
  return Code.fromAsset(`${PROJECT}functions/${name}`, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // CDK asks for one, and never takes it: what cannot be bundled here throws.
      image: DockerImage.fromRegistry('no-container'),
      local: {
        tryBundle(directory) {
          bundles ??= bundleInOwnProcess();
          cpSync(join(bundles, name), directory, { recursive: true });
          return true;
        },
      },
    },
  });
}

let bundles: string | undefined;

/** CDK waits for no promise, and esbuild takes plugins only if it may answer later: so all functions at once, elsewhere. */
function bundleInOwnProcess(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rollcall-bundles-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  execFileSync(process.execPath, ['--import', 'tsx', main, directory], {
    cwd: PROJECT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return directory;
}
