import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { filesOf, packageModuleOf } from './package-module.ts';

type LeftOut = { modules: readonly string[]; why: string };

const commandsOfImapflow = (...names: readonly string[]) =>
  names.map((name) => `imapflow/dist/esm/commands/${name}.js`);

/** What packages bring along and no function of Rollcall ever calls. */
const LEFT_OUT: readonly LeftOut[] = [
  {
    modules: ['imapflow/dist/esm/logger.js'],
    why: 'imapflow is given a log of its own (functions/adapters/imap-log.ts) and needs no pino',
  },
  { modules: ['socks/build/index.js'], why: 'a mailbox is reached without a proxy' },
  {
    modules: ['imapflow/dist/esm/download.js', 'imapflow/dist/esm/jp-decoder.js'],
    why: 'text is fetched in steps and decoded by functions/core/mail, never downloaded by imapflow',
  },
  {
    modules: commandsOfImapflow(
      ...['append', 'copy', 'create', 'delete', 'expunge', 'move', 'rename', 'store', 'subscribe', 'unsubscribe'],
    ),
    why: 'a mailbox is only read',
  },
  {
    modules: commandsOfImapflow('compress', 'idle', 'quota'),
    why: 'a poll asks and leaves, by the options of functions/adapters/imap-connection.ts',
  },
  {
    modules: ['zod/v4/core/to-json-schema.js', 'zod/v4/core/json-schema-processors.js'],
    why: 'what comes in is checked by its schema, and nobody asks for the schema as JSON',
  },
];

/**
 * Codecs and tables of iconv-lite. imapflow needs the one for the names of folders, modified UTF-7 (RFC 3501, 5.1.3);
 * mail is decoded by functions/core/mail/charset.ts. Of an encoding that is not there, iconv-lite itself says so.
 */
const ICONV_CODECS: readonly string[] = [
  ...['utf32', 'utf16', 'sbcs-codec', 'sbcs-data', 'sbcs-data-generated', 'dbcs-codec', 'dbcs-data'],
].map((codec) => `iconv-lite/encodings/${codec}.js`);

const MODULES = LEFT_OUT.flatMap(({ modules }) => modules);

/** Everything that is left out. */
export const MODULES_LEFT_OUT: readonly string[] = [...MODULES, ...ICONV_CODECS];

/**
 * Puts a module with the same exports in the place of each that is left out. Whoever calls one of them after all, or
 * only looks into it, is told by an error what is missing and why: nothing fails in silence.
 */
export const leaveOut: Plugin = {
  name: 'left-out',
  setup(build) {
    build.onLoad({ filter: filesOf(MODULES) }, async ({ path }) => {
      const module = packageModuleOf(path);
      const why = LEFT_OUT.find(({ modules }) => modules.includes(module))?.why ?? '';
      const exported = Object.keys(await import(pathToFileURL(path).href));
      return { contents: failing(module, why, exported), loader: 'js' };
    });
    build.onLoad({ filter: filesOf(ICONV_CODECS) }, () => ({ contents: '', loader: 'js' }));
  },
};

function failing(module: string, why: string, exported: readonly string[]): string {
  const text = ` of ${module} is not in this bundle, because ${why}. lib/bundle/left-out.ts leaves it out.`;
  const names = exported.filter((name) => /^[\w$]+$/.test(name) && name !== 'default');
  return [
    'function leftOut(name) {',
    `  const fail = () => { throw new Error(name + ${JSON.stringify(text)}); };`,
    // Not an arrow function: only what could be constructed reaches the trap of `construct`.
    '  return new Proxy(function () {}, { apply: fail, construct: fail, get: fail });',
    '}',
    ...names.map((name) => `export const ${name} = /* @__PURE__ */ leftOut(${JSON.stringify(name)});`),
    ...(exported.includes('default') ? ['export default /* @__PURE__ */ leftOut("default");'] : []),
  ].join('\n');
}
