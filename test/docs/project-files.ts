import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

const NOT_OURS = new Set(['node_modules', 'cdk.out', 'coverage', '.git']);

/** A text file of the project. */
export type ProjectFile = {
  /** From the root of the project, with slashes. */
  path: string;
  text: string;
};

/** The files below a folder of the project whose names end so. */
export function filesUnder(folder: string, ending: RegExp): ProjectFile[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name).replaceAll('\\', '/');
    if (entry.isDirectory()) return filesUnder(path, ending);
    return ending.test(entry.name) ? [{ path, text: readFileSync(join(ROOT, path), 'utf8') }] : [];
  });
}

export const documents: readonly ProjectFile[] = filesUnder('.', /\.md$/);

/** Every folder and file of the project, from its root. */
export function projectPaths(folder = '.'): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name).replaceAll('\\', '/');
    return entry.isDirectory() ? [path, ...projectPaths(path)] : [path];
  });
}
