import { beforeEach, describe, expect, it, vi } from 'vitest';
import { linkTo } from '../../../lib/stack/runbook.ts';
import { input, resourcesOf, templateOf } from './synthesized-stack.ts';

/** The text of the runbook for the CDK app; the file itself where it is undefined. */
const runbook = vi.hoisted(() => ({ instead: undefined as ((text: string) => string) | undefined }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const readFileSync = (path: URL, encoding: 'utf8') => {
    const text = fs.readFileSync(path, encoding);
    return runbook.instead && String(path).endsWith('/RUNBOOK.md') ? runbook.instead(text) : text;
  };
  return { ...fs, readFileSync };
});
const { readFileSync } = await import('node:fs');

beforeEach(() => {
  runbook.instead = undefined;
});

describe('the synthesis', () => {
  it('succeeds where the runbook has a section for every alarm', () => {
    expect(() => templateOf(input)).not.toThrow();
  });

  it('fails where an alarm would link to a section that is not there', () => {
    runbook.instead = (text) => text.replace('## A route is dead', '## A route is very dead');
    expect(() => templateOf(input)).toThrow(/lib\/RUNBOOK\.md lacks "## A route is dead", to which an alarm links/);
  });

  it.each(['Description', 'Investigation', 'Resolution'])('fails where a section lacks its %s', (part) => {
    runbook.instead = (text) =>
      text.replaceAll(/^## Posters fail$[\s\S]*?^## /gm, (one) => one.replace(`### ${part}`, ''));
    expect(() => templateOf(input)).toThrow(`"### ${part}" in "## Posters fail"`);
  });

  it('names everything that is missing at once', () => {
    runbook.instead = () => '';
    expect(() => templateOf(input)).toThrow(/"## Alerts are dead letters".*"## The digest was not sent"/s);
  });
});

describe('every alarm', () => {
  const sections = readFileSync(new URL('../../../lib/RUNBOOK.md', import.meta.url), 'utf8')
    .split(/^(?=## )/m)
    .slice(1);
  const anchorOf = (section: string) => /^## (.+)$/m.exec(section)?.[1]?.toLowerCase().replaceAll(' ', '-');
  const descriptions = resourcesOf('AWS::CloudWatch::Alarm').map(({ properties }) =>
    String(properties.AlarmDescription),
  );

  it('links to a section with a description, an investigation and a resolution', () => {
    expect(descriptions.length).toBeGreaterThan(0);
    for (const description of descriptions) {
      const anchor = /What to do: lib\/RUNBOOK\.md#([a-z-]+)$/.exec(description)?.[1];
      const section = sections.find((candidate) => anchorOf(candidate) === anchor);
      expect(section, description).toMatch(
        /^### Description\n\n.{40}[\s\S]*^### Investigation\n\n.{40}[\s\S]*^### Resolution\n\n.{10}/m,
      );
    }
  });

  it('has its section, and no section is about an alarm that does not exist', () => {
    const linked = new Set(descriptions.map((description) => description.split('#').at(-1)));
    expect(sections.map(anchorOf).sort()).toEqual([...linked].sort());
  });
});

it('the link of an alarm is the anchor of its heading', () => {
  expect(linkTo('Alerts are dead letters')).toBe('lib/RUNBOOK.md#alerts-are-dead-letters');
});
