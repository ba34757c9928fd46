import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lang, parse, type SgNode } from '@ast-grep/napi';

/** A file of the project with its syntax tree. */
export type SourceFile = {
  /** From the root of the project, with slashes. */
  path: string;
  text: string;
  tree: SgNode;
};

/** The content of a file with a fault in it. */
export type Change = {
  /** From the root of the project, with slashes. */
  file: string;
  text: string;
};

const SOURCE = /(?<!\.d)\.tsx?$/;

/** All TypeScript files below some folders of a project, declarations apart, in the order of their paths. */
export async function sourceFilesIn(project: string, folders: readonly string[]): Promise<SourceFile[]> {
  const paths: string[] = [];
  for (const folder of folders) {
    for (const path of await readdir(join(project, folder), { recursive: true })) {
      if (SOURCE.test(path)) paths.push(`${folder}/${path.replaceAll('\\', '/')}`);
    }
  }
  return await Promise.all(
    paths.sort().map(async (path) => sourceFileOf(path, await readFile(join(project, path), 'utf8'))),
  );
}

export function sourceFileOf(path: string, text: string): SourceFile {
  return { path, text, tree: parse(path.endsWith('x') ? Lang.Tsx : Lang.TypeScript, text).root() };
}
