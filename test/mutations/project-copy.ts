import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Change } from './source-files.ts';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Built, or not the project's own. */
const NOT_COPIED: ReadonlySet<string> = new Set(['node_modules', 'cdk.out', 'coverage']);

/** A copy of the project in which faults can be tried. */
export type ProjectCopy = {
  directory: string;
  /** Makes the change as long as `work` takes. */
  withChange<T>(change: Change, work: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
};

/** Copies the project, except hidden files, next to a link to its packages. */
export async function copyProject(): Promise<ProjectCopy> {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-mutations-'));
  const remove = () => rm(directory, { recursive: true, force: true, maxRetries: 5 });
  try {
    for (const name of await readdir(PROJECT)) {
      if (name.startsWith('.') || NOT_COPIED.has(name)) continue;
      await cp(join(PROJECT, name), join(directory, name), { recursive: true });
    }
    await symlink(join(PROJECT, 'node_modules'), join(directory, 'node_modules'), 'dir');
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    directory,
    remove,
    async withChange(change, work) {
      const path = join(directory, change.file);
      const text = await readFile(path, 'utf8');
      await writeFile(path, change.text);
      try {
        return await work();
      } finally {
        await writeFile(path, text);
      }
    },
  };
}
