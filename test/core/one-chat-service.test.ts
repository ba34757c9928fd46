import { describe, expect, it } from 'vitest';
import { filesUnder, type ProjectFile } from '../docs/project-files.ts';

/** Who may know that the chat service is Discord. */
const KNOWS_DISCORD: readonly RegExp[] = [
  /^functions\/core\/discord\//,
  /^functions\/adapters\/discord/,
  // Its settings, and where an old item of the ledger still has Discord's name of a post.
  /^functions\/(settings|core\/settings\/route-schema)\.ts$/,
  /^functions\/adapters\/dynamo\/ledger-item\.ts$/,
  // What connects both: here another service would be chosen.
  /^functions\/wiring\/chat\.ts$/,
  // The stand-in of the local run, and who starts it.
  /^lib\/local\//,
];

/** Comments, texts, and the names that people see: of the function, its folder and its construct. */
const NOT_CODE =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<!from )(?:'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`)|createPostToDiscord|post-to-discord/g;

/** The lines in which the code of a file names Discord. */
function namedIn({ path, text }: ProjectFile): string[] {
  const code = text.replace(NOT_CODE, (found) => found.replaceAll(/[^\n]/g, ''));
  return code.split('\n').flatMap((line, index) => (/discord/i.test(line) ? [`${path}:${index + 1}`] : []));
}

describe('which chat service it is', () => {
  it('is known to its room, its adapter, its settings, the wiring and the local run, and to no other code', () => {
    const others = [...filesUnder('functions', /\.tsx?$/), ...filesUnder('lib', /\.tsx?$/)].filter(
      ({ path }) => !KNOWS_DISCORD.some((known) => known.test(path)),
    );
    expect(others.length).toBeGreaterThan(100);
    expect(others.flatMap(namedIn)).toEqual([]);
  });

  it('would be found in an import, a name and a property, and not in a text or a comment', () => {
    const text = [
      "import { post } from '../core/discord/discord.ts';",
      'const discordUrl = 1;',
      'route.discord.kind;',
      "// Discord says so\nprint('Discord is down', `discord`);",
    ].join('\n');
    expect(namedIn({ path: 'a.ts', text })).toEqual(['a.ts:1', 'a.ts:2', 'a.ts:3']);
  });
});
