import { env } from 'node:process';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: '.',
    include: ['test/**/*.test.{ts,tsx}'],
    // Embedded servers, CDK synthesis and Dovecot need a moment on a busy machine; a hang still ends.
    testTimeout: 30_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    hookTimeout: 60_000,
    // All cores: vitest leaves one free by itself, which on two of them doubles the time.
    maxWorkers: '100%',
    // Real servers on a busy machine now and then drop a connection. CI asks once more and says so; a defect fails twice.
    retry: env.CI ? 1 : 0,
  },
});
