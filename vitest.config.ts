import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/kit/set-up.ts',
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // TensorFlow and Electron use every core themselves: more files at once would only make them wait for each other.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // What is waited for in the window comes late on a busy machine; a second, as it is by default, is no defect there.
    expect: { poll: { timeout: 20_000 } },
    env: { TF_CPU_ALLOCATOR_USE_BFC: '1', TF_CPP_MIN_LOG_LEVEL: '2' },
  },
});
