import { describe, expect, it } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import { anchorsOf, type Link, linksOf, mentionsIn } from './links.ts';
import { documents, filesUnder, projectPaths } from './project-files.ts';

const paths = new Set(['', '.', ...projectPaths()]);
const anchors = new Map(documents.map(({ path, text }) => [path, anchorsOf(text)]));

function problemOf({ at, path, anchor }: Link): string[] {
  if (!paths.has(path)) return [`${at}: there is no ${path}`];
  if (anchor !== '' && !anchors.get(path)?.has(anchor)) return [`${at}: ${path} has no heading for #${anchor}`];
  return [];
}

describe('every link', () => {
  it.each(documents.map((document) => [document.path, document] as const))('of %s leads somewhere', (_, document) => {
    expect(linksOf(document).flatMap(problemOf)).toEqual([]);
  });

  it('from the code to a document leads somewhere', () => {
    const code = ['functions', 'lib', 'test/mutations', 'test/e2e'].flatMap((folder) => filesUnder(folder, /\.tsx?$/));
    const mentions = code.flatMap(mentionsIn);
    expect(mentions.length).toBeGreaterThan(0);
    expect(mentions.flatMap(problemOf)).toEqual([]);
  });

  it('to a chapter is an anchor, which can be checked', () => {
    const code = ['functions', 'lib'].flatMap((folder) => filesUnder(folder, /\.tsx?$/));
    expect(code.filter(({ text }) => /\bREADME,|Deploying, step/.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('a check of links', () => {
  const document = (text: string) => ({ path: 'lib/RUNBOOK.md', text });

  it('finds a file or heading that is not there', () => {
    const text = '[one](GONE.md) [two](COSTS.md#gone)\n<img src="../functions/gone.png"> [four](#gone)';
    expect(linksOf(document(text)).flatMap(problemOf)).toEqual([
      'lib/RUNBOOK.md:1: there is no lib/GONE.md',
      'lib/RUNBOOK.md:1: lib/COSTS.md has no heading for #gone',
      'lib/RUNBOOK.md:2: there is no functions/gone.png',
      'lib/RUNBOOK.md:2: lib/RUNBOOK.md has no heading for #gone',
    ]);
  });

  it('leaves out the web and what is quoted as code', () => {
    expect(linksOf(document('[one](https://example.com) `[two](GONE.md)`\n```\n[three](GONE.md)\n```'))).toEqual([]);
  });

  it('finds what a message names', () => {
    expect(mentionsIn({ path: 'lib/a.ts', text: 'see lib/GONE.md#a-b.' }).flatMap(problemOf)).toEqual([
      'lib/a.ts:1: there is no lib/GONE.md',
    ]);
  });

  it('numbers equal headings, and reads none in code', () => {
    expect([...anchorsOf('# A, b’s `C`\n## … a d\n## E\n## E\n```\n# not\n```\n')]).toEqual([
      'a-bs-c',
      '-a-d',
      'e',
      'e-1',
    ]);
  });
});

describe('the README', () => {
  const { text = '' } = documents.find(({ path }) => path === 'README.md') ?? {};

  it('has at most 1,000 words', () => {
    expect(text.split(/\s+/).length).toBeLessThanOrEqual(1_000);
  });

  it('links every other document', () => {
    const linked = linksOf({ path: 'README.md', text }).map(({ path }) => path);
    expect(documents.map(({ path }) => path).filter((path) => path !== 'README.md' && !linked.includes(path))).toEqual(
      [],
    );
  });
});

it('the documents name the version of Node.js that package.json asks for', () => {
  const named = documents.flatMap(({ text }) => [...text.matchAll(/Node\.js ([\d.]+) or newer/g)].map(([, v]) => v));
  expect(new Set(named)).toEqual(new Set([project.engines.node.replace('>=', '')]));
});
