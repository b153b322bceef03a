import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const mustRunAll = process.env.TSBUILD_TEST_ALL === '1';

/** Tests beside the code that start processes, mount and kill: they wait for the kernel more than they compute. */
const SYSTEM_TESTS = ['packages/sandbox/src/**/*.test.ts', 'packages/store/src/{damage,processes}.test.ts'];

export default defineConfig({
  test: {
    // What hangs is ended; what a busy machine does slowly is not.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // What a poll waits for comes at once on a quiet machine.
    expect: { poll: { timeout: 30_000 } },
    // Some tests wait, for other programs and for time to pass: one file more than there are cores keeps these at work.
    maxWorkers: Math.max(2, availableParallelism()) + 1,
    // Our packages are loaded as Node loads them for everybody, which costs a third of transforming them once more.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
    // Nothing keeps state from one file to the next, so files may share a process: much time goes into starting them.
    isolate: false,
    reporters: mustRunAll ? ['./test/support/no-skips-reporter.ts', 'default'] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'test/{architecture,support}/**/*.test.ts'],
          exclude: SYSTEM_TESTS,
        },
      },
      { extends: true, test: { name: 'system', include: SYSTEM_TESTS } },
      {
        extends: true,
        test: { name: 'integration', include: ['test/integration/**/*.test.ts', 'test/bench/**/*.test.ts'] },
      },
      { extends: true, test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'] } },
    ],
  },
});
