import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Answer, Task } from './contestants/task.ts';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Runs a task in a process of its own, so that processor time and memory are its own. */
type Contestant = (task: Task) => Promise<Answer>;

export type Contestants = {
  rollcall: Contestant;
  incident: Contestant;
  imapflow: Contestant;
  rawSocket: Contestant;
};

/** Bundles the contestants that are TypeScript, as they are bundled for Lambda, so that no compiler runs in them. */
export async function bundleContestants(): Promise<{ contestants: Contestants; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
  await build({
    entryPoints: ['rollcall', 'imapflow', 'raw-socket'].map((name) => sourceOf(`${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  const bundled = (name: string) => processOf(process.execPath, join(folder, `${name}.mjs`));
  return {
    contestants: {
      rollcall: bundled('rollcall'),
      incident: processOf('python3', sourceOf('incident.py')),
      imapflow: bundled('imapflow'),
      rawSocket: bundled('raw-socket'),
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function sourceOf(file: string): string {
  return fileURLToPath(new URL(`contestants/${file}`, import.meta.url));
}

function processOf(command: string, program: string): Contestant {
  return async (task) => {
    const { stdout } = await run(command, [program, JSON.stringify(task)], { maxBuffer: MAX_OUTPUT_BYTES });
    return JSON.parse(stdout) as Answer;
  };
}
