import { beforeEach, describe, expect, it, vi } from 'vitest';
import { linkTo } from '../../lib/runbook.ts';
import { input, templateOf } from './synthesized-stack.ts';

/** What stands in README.md for the CDK app; the file itself where it is undefined. */
const readme = vi.hoisted(() => ({ instead: undefined as ((text: string) => string) | undefined }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const readFileSync = (path: URL, encoding: 'utf8') => {
    const text = fs.readFileSync(path, encoding);
    return readme.instead && String(path).endsWith('/README.md') ? readme.instead(text) : text;
  };
  return { ...fs, readFileSync };
});

beforeEach(() => {
  readme.instead = undefined;
});

describe('synthesis', () => {
  it('goes through where the README has a heading for every alarm', () => {
    expect(() => templateOf(input)).not.toThrow();
  });

  it('fails where an alarm would send its reader to a heading that is not there', () => {
    readme.instead = (text) => text.replace('### A route is dead', '### A route is very dead');
    expect(() => templateOf(input)).toThrow(/"### A route is dead" under "## Runbook" in README\.md\. Write it there/);
  });

  it('names every missing heading at once', () => {
    readme.instead = (text) => text.replace(/^## Runbook$/m, '## Something else');
    expect(() => templateOf(input)).toThrow(/### Alerts are dead letters.*### The digest was not sent/s);
  });

  it('finds no help in a heading outside the runbook', () => {
    readme.instead = (text) => `${text.replace('### Posters fail', '')}\n## Annex\n\n### Posters fail\n`;
    expect(() => templateOf(input)).toThrow(/### Posters fail/);
  });
});

it('the link of an alarm is the anchor of its heading', () => {
  expect(linkTo('Alerts are dead letters')).toBe('README.md#alerts-are-dead-letters');
});
