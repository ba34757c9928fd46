import { defineConfig } from 'vitest/config';
import { HANG_MS } from './hang-limit.ts';

/** It replaces a module, which whoever loads the same one after it would meet. */
const REPLACING = ['test/core/mail/unreadable-mail.test.ts'];

/** Whole programs, killed processes, random weeks, a real server's backlog: `npm run test:slow`, which CI runs. */
const SLOW = [
  'test/crash/**/*.test.ts',
  'test/dovecot/{backlog,pipeline}.test.ts',
  'test/fuzz/fuzz.test.ts',
  'test/lib/cli/{cli,exit-codes}.test.ts',
  'test/lib/local/local-run.test.ts',
  'test/lib/stack/{app,bundle/bundled-functions}.test.ts',
  'test/simulation/{exhaustive,long-plans,random}.test.ts',
];

export default defineConfig({
  test: {
    root: '.',
    testTimeout: HANG_MS,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    hookTimeout: HANG_MS,
    expect: { poll: { timeout: HANG_MS } },
    // All cores: vitest leaves one free by itself, which on two of them doubles the time.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        // Nothing of these outlives its test but memory, so one file after another can share what is loaded.
        test: {
          name: 'sharing',
          isolate: false,
          include: ['test/*.test.ts', 'test/{core,docs,fakes}/**/*.test.{ts,tsx}'],
          exclude: REPLACING,
        },
      },
      {
        extends: true,
        test: { name: 'apart', include: ['test/!(core|docs|fakes)/**/*.test.{ts,tsx}', ...REPLACING], exclude: SLOW },
      },
      { extends: true, test: { name: 'slow', include: SLOW } },
    ],
  },
});
