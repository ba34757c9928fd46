import type { DigestMail } from '../../functions/core/ports.ts';
import { MAILBOXES, NEW_NAMES } from './simulated-settings.ts';

/** One thing that needs a person, as the digest's reader sees it. */
export type ReadNeed = { title: string; tokens: readonly number[]; hasMore: boolean };

/** What a digest says to whoever reads it. */
export type ReadDigest = {
  isAlarming: boolean;
  needs: readonly ReadNeed[];
  /** Unknown mail, listed or attached. */
  unknown: ReadonlySet<number>;
  /** By mailbox, whatever its name is by then. */
  health: ReadonlyMap<string, ReadHealth>;
};

type ReadHealth = {
  /** Undefined where none has run yet. */
  polls: number | undefined;
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
  return {
    isAlarming: subject.includes('⚠'),
    needs: sectionNamed('NEEDS YOU').split(/^! /m).slice(1).map(needOf),
    unknown: new Set(listed.flatMap(tokensIn)),
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

function healthIn(section: string): ReadDigest['health'] {
  const health = new Map<string, ReadHealth>();
  for (const paragraph of section.split('\n\n')) {
    const [mailbox = '', ...facts] = paragraph.trim().split('\n');
    const told = facts.join(' ');
    const [, polls] = /(\d+) polls?, (?:none|\d+) failed/.exec(told) ?? [];
    if (polls === undefined && !told.includes('No poll has run yet.')) continue;
    health.set(withFirstNames(mailbox), {
      polls: polls === undefined ? undefined : Number(polls),
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
