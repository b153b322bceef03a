import { chown, readdir } from 'node:fs/promises';
import { expect } from 'vitest';
import { runCommand } from '../support/command.ts';
import { findOrdinaryUser } from '../support/ordinary-user.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder } from '../support/temp-folder.ts';

const CASES = ['run', '--project', 'conformance', 'test/conformance/conformance.test.ts'];

/** Runs the cases as another user, who leaves nothing behind. */
async function runCasesAs(uid: number, gid: number, env: Readonly<Record<string, string>> = {}) {
  await using folder = await openTempFolder();
  await chown(folder.path, uid, gid);
  const user = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const vitest = ['node_modules/vitest/vitest.mjs', ...CASES, '--reporter=json', '--configLoader=runner'];
  const { exitCode, stdout, stderr } = await runCommand([...user, process.execPath, ...vitest], {
    env: { HOME: '/nonexistent', TMPDIR: folder.path, TSBUILD_TEST_ALL: '', NODE_OPTIONS: '', ...env },
  });
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  expect(await leftIn(folder.path)).toEqual([]);
  const { numFailedTests, numPassedTests, numPendingTests } = JSON.parse(stdout);
  return { failed: numFailedTests, passed: numPassedTests, skipped: numPendingTests };
}

async function leftIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('tsbuild'));
}

testWith('root', 'setpriv', 'busybox')(
  'a user whom this machine does not know builds every case that has no RUN, owners included',
  async () => {
    const { failed, passed } = await runCasesAs(64242, 64242);
    expect(failed).toBe(0);
    expect(passed).toBeGreaterThanOrEqual(467);
  },
  600_000,
);

const ordinaryUser = findOrdinaryUser();

testWith(
  'root',
  'setpriv',
  'busybox',
  'newuidmap',
  ...(ordinaryUser ? [] : ['a user with subordinate ids']),
)(
  'a user with subordinate ids builds every case but those of needs-root.json',
  async () => {
    if (ordinaryUser === undefined) throw new Error('defined only where there is one');
    const { uid, gid } = ordinaryUser;
    const { failed, passed, skipped } = await runCasesAs(uid, gid, { TSBUILD_TEST_ROOTLESS_RUN: '1' });
    expect({ failed, skipped }).toEqual({ failed: 0, skipped: 4 });
    expect(passed).toBeGreaterThanOrEqual(710);
  },
  600_000,
);
