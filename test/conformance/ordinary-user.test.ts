import { expect } from 'vitest';
import { runCommand } from '../support/command.ts';
import { testWith } from '../support/parts.ts';

/** No user of this machine, with no groups and no home. */
const STRANGER = ['--reuid=64242', '--regid=64242', '--clear-groups'];
const CASES = ['run', '--project', 'conformance', 'test/conformance/conformance.test.ts'];

testWith('root', 'setpriv', 'busybox')(
  'an ordinary user builds every case that has no RUN, owners included',
  async () => {
    const vitest = ['node_modules/vitest/vitest.mjs', ...CASES, '--reporter=json', '--configLoader=runner'];
    const { exitCode, stdout, stderr } = await runCommand(['setpriv', ...STRANGER, process.execPath, ...vitest], {
      env: { HOME: '/nonexistent', TSBUILD_TEST_ALL: '', NODE_OPTIONS: '' },
    });

    expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
    const { numFailedTests, numPassedTests } = JSON.parse(stdout);
    expect(numFailedTests).toBe(0);
    expect(numPassedTests).toBeGreaterThanOrEqual(467);
  },
  180_000,
);
