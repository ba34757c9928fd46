import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leaveOut } from '../../../lib/bundle/left-out.ts';
import { replace } from '../../../lib/bundle/replaced.ts';

/** Calls that no function of Rollcall makes, and what is thrown if one ever does. */
const CALLS: readonly { what: string; call: string; told: string }[] = [
  {
    what: 'imapflow without a logger',
    call: "new ImapFlow({ host: '127.0.0.1', port: 1, auth: { user: 'ada' } })",
    told: 'createConnectionLogger of imapflow/dist/esm/logger.js is not in this bundle, because imapflow is given a log of its own',
  },
  {
    what: 'a download by imapflow',
    call: "await new ImapFlow({ host: '127.0.0.1', port: 1, auth: { user: 'ada' }, logger: false }).download('1')",
    told: 'downloadMessage of imapflow/dist/esm/download.js is not in this bundle',
  },
  {
    what: 'a connection through a proxy',
    call: "await new ImapFlow({ host: '127.0.0.1', port: 1, auth: { user: 'ada' }, logger: false, proxy: 'socks5://127.0.0.1:1' }).connect()",
    told: 'SocksClient of socks/build/index.js is not in this bundle, because a mailbox is reached without a proxy',
  },
  {
    what: 'a schema as JSON',
    call: 'z.object({ mailbox: z.string() }).toJSONSchema()',
    told: 'createToJSONSchemaMethod of zod/v4/core/to-json-schema.js is not in this bundle',
  },
  {
    what: 'a command that changes a mailbox',
    call: "imapCommands.get('STORE')({}, '1', ['\\\\Seen'], {})",
    told: 'default of imapflow/dist/esm/commands/store.js is not in this bundle, because a mailbox is only read',
  },
  {
    what: 'an operation of AWS that streams events',
    call: "new (await import('@smithy/core/event-streams')).EventStreamSerde({})",
    told: 'This bundle has nothing for operations that stream events',
  },
];

let directory: string;
let calls: Readonly<Record<string, () => Promise<unknown>>>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-left-out-'));
  const outfile = join(directory, 'calls.mjs');
  await build({
    stdin: {
      contents: [
        "import { ImapFlow } from 'imapflow';",
        "import imapCommands from 'imapflow/lib/imap-commands.js';",
        "import * as z from 'zod';",
        ...CALLS.map(({ call }, index) => `export const call${index} = async () => ${call};`),
      ].join('\n'),
      resolveDir: import.meta.dirname,
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    mainFields: ['module', 'main'],
    plugins: [leaveOut, replace],
  });
  calls = await import(pathToFileURL(outfile).href);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it.each(CALLS.map((call, index) => ({ ...call, index })))(
  '$what fails with what is missing and why',
  async ({ index, told }) => {
    const failure = await calls[`call${index}`]?.().catch((error: unknown) => error);
    // imapflow tells of a proxy that fails, with the reason as a property of its error.
    expect(failure).toBeInstanceOf(Error);
    expect(inspect(failure)).toContain(told);
  },
);
