import { posix } from 'node:path';
import type { ProjectFile } from './project-files.ts';

/** A reference from one place of the project to another. */
export type Link = {
  /** `lib/RUNBOOK.md:12` */
  at: string;
  /** From the root of the project; empty for its root. */
  path: string;
  /** Without `#`; empty where none is named. */
  anchor: string;
};

/** Markdown links and images, and the attributes of HTML in a document. */
const TARGETS = /\]\(([^()\s]+)\)|(?:src|href)="([^"]+)"/g;

/** A document as the messages of the code name it, from the root of the project. */
const MENTIONS = /(?<![\w/.-])((?:[\w.-]+\/)*[\w-]+\.md)(?:#([\w-]*))?/g;

const CODE = /^```[\s\S]*?^```$|^ +```[\s\S]*?^ +```$|`[^`\n]*`/gm;

/** The links of a document to other places of the project. Links to the web are left out. */
export function linksOf({ path, text }: ProjectFile): Link[] {
  return found(TARGETS, withoutCode(text), path).flatMap(({ at, groups }) => {
    const target = groups.find((group) => group !== undefined) ?? '';
    if (/^[a-z]+:/i.test(target)) return [];
    const [file = '', anchor = ''] = target.split('#');
    const linked = file === '' ? path : posix.join(posix.dirname(path), decodeURI(file));
    return [{ at, path: linked.replace(/\/$/, ''), anchor }];
  });
}

/** The documents that a file of code names, in its messages and its comments. */
export function mentionsIn({ path, text }: ProjectFile): Link[] {
  return found(MENTIONS, text, path).map(({ at, groups: [file = '', anchor = ''] }) => ({ at, path: file, anchor }));
}

/** The anchors that GitHub makes of a document's headings: equal ones are numbered. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutBlocks(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = anchorOf(heading);
    let free = anchor;
    for (let number = 1; anchors.has(free); number += 1) free = `${anchor}-${number}`;
    anchors.add(free);
  }
  return anchors;
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

function found(pattern: RegExp, text: string, path: string) {
  return [...text.matchAll(pattern)].map((match) => ({
    at: `${path}:${text.slice(0, match.index).split('\n').length}`,
    groups: match.slice(1) as (string | undefined)[],
  }));
}

/** The same lines, without what is quoted as code. */
function withoutCode(text: string): string {
  return text.replaceAll(CODE, (code) => code.replaceAll(/[^\n]/g, ' '));
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '');
}
