import { defineConfig } from 'vitest/config';
import { HANG_MS } from './hang-limit.ts';

/** It replaces a module, which whoever loads the same one after it would meet. */
const REPLACING = ['test/core/mail/unreadable-mail.test.ts'];

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
        test: { name: 'apart', include: ['test/!(core|docs|fakes)/**/*.test.{ts,tsx}', ...REPLACING] },
      },
    ],
  },
});
