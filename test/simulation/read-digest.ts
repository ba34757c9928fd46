import type { DigestMail } from '../../functions/core/ports.ts';
import { MAILBOXES, NEW_NAMES } from './simulated-settings.ts';

/** One thing that needs a person, as the digest's reader sees it. */
export type ReadNeed = { title: string; tokens: readonly number[]; hasMore: boolean };

export type ReadCounts = { seen: number; delivered: number; undelivered: number; unknown: number; recovered: number };

/** What a digest says to whoever reads it. */
export type ReadDigest = {
  isAlarming: boolean;
  needs: readonly ReadNeed[];
  /** Unknown mail, listed or attached. */
  unknown: ReadonlySet<number>;
  /** By route; `unknown` and `total` are rows as well. */
  counts: ReadonlyMap<string, ReadCounts>;
  /** What it says of whether they add up. */
  sum: string;
  /** By mailbox, whatever its name is by then. */
  health: ReadonlyMap<string, ReadHealth>;
};

type ReadHealth = {
  polls: number;
  failed: number;
  audit: ReadAudit | undefined;
  isRenumbered: boolean;
  isRenamed: boolean;
};

type ReadAudit = { inMailbox: number; accounted: number; recovered: number; left: number };

/** Reads the text of a digest and what is attached to it; throws where it has not the form that a digest has. */
export function readDigest({ subject, text, attachments }: DigestMail): ReadDigest {
  const sections = sectionsOf(text);
  const sectionNamed = (title: string) => sections.get(title) ?? '';
  const listed = [sectionNamed('UNKNOWN MAIL'), ...attachments.map(({ content }) => content)];
  const seen = sectionNamed('MAIL SEEN').split('\n');
  return {
    isAlarming: subject.includes('⚠'),
    needs: sectionNamed('NEEDS YOU').split(/^! /m).slice(1).map(needOf),
    unknown: new Set(listed.flatMap(tokensIn)),
    counts: countsIn(seen),
    sum: seen.find((line) => / = |does not add up/.test(line)) ?? '',
    health: healthIn(sectionNamed('HEALTH')),
  };
}

/** Every mail of a simulation has its token in its From. */
export function tokensIn(text: string): number[] {
  return [...text.matchAll(/\bm(\d+)@[a-z]+\.example\b/g)].map(([, token]) => Number(token));
}

function sectionsOf(text: string): Map<string, string> {
  const parts = text.split(/^([A-Z][A-Z ]+)\n=+\n/m);
  const sections = new Map<string, string>();
  for (let index = 1; index < parts.length; index += 2) sections.set(parts[index] ?? '', parts[index + 1] ?? '');
  if (!sections.has('UNKNOWN MAIL')) throw new Error(`This is no digest: ${text.slice(0, 200)}`);
  return sections;
}

function needOf(text: string): ReadNeed {
  const [title = ''] = text.split('\n');
  return { title: withFirstNames(title), tokens: tokensIn(text), hasMore: /^ +and \d+ more$/m.test(text) };
}

/** As the judge calls mailboxes. */
function withFirstNames(text: string): string {
  return MAILBOXES.reduce((named, mailbox) => named.replaceAll(NEW_NAMES[mailbox], mailbox), text);
}

function countsIn(lines: readonly string[]): Map<string, ReadCounts> {
  const head = lines.findIndex((line) => /^ +seen +delivered/.test(line));
  const columns = (lines[head] ?? '').trim().split(/ +/);
  const rows = lines.slice(head + 1, lines.indexOf('', head + 1));
  return new Map(
    rows.map((row) => {
      const [route = '', ...figures] = row.trim().split(/ +/);
      const counts = Object.fromEntries(columns.map((column, index) => [column, Number(figures[index])]));
      return [route, counts as ReadCounts];
    }),
  );
}

function healthIn(section: string): ReadDigest['health'] {
  const health = new Map<string, ReadHealth>();
  for (const paragraph of section.split('\n\n')) {
    const [mailbox = '', ...facts] = paragraph.trim().split('\n');
    const told = facts.join(' ');
    const [, polls, failed] = /(\d+) polls?, (none|\d+) failed/.exec(told) ?? [];
    if (polls === undefined) continue;
    health.set(withFirstNames(mailbox), {
      polls: Number(polls),
      failed: failed === 'none' ? 0 : Number(failed),
      audit: auditIn(told),
      isRenumbered: told.includes('The server renumbered its mail'),
      isRenamed: told.includes(` is ${mailbox} since `),
    });
  }
  return health;
}

function auditIn(told: string): ReadAudit | undefined {
  const [, inMailbox, rest] = /Last audit .*: (\d+) mails? in the mailbox, (.*)$/.exec(told) ?? [];
  if (inMailbox === undefined || rest === undefined) return undefined;
  const figure = (pattern: RegExp) => Number(pattern.exec(rest)?.[1] ?? 0);
  const accounted = rest.startsWith('all accounted for') ? Number(inMailbox) : figure(/(\d+) accounted for/);
  const recovered = figure(/(\d+) brought back/);
  return { inMailbox: Number(inMailbox), accounted, recovered, left: figure(/(\d+) left to the next audit/) };
}
