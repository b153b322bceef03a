import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainUserNamespaces } from './user-namespace-limits.ts';

describe('a machine that forbids user namespaces', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'machine-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  /** The root of a machine with these settings. */
  async function machine(settings: Readonly<Record<string, string>>): Promise<string> {
    const root = await mkdtemp(join(folder, 'root-'));
    for (const [name, value] of Object.entries(settings)) {
      const file = join(root, 'proc/sys', name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${value}\n`);
    }
    return root;
  }

  const error = new Error('unshare: EPERM');

  test.each([
    [
      { 'kernel/apparmor_restrict_unprivileged_userns': '1', 'user/max_user_namespaces': '96000' },
      'AppArmor restricts user namespaces of ordinary users',
      'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or give node an AppArmor profile with "userns,"',
    ],
    [
      { 'kernel/unprivileged_userns_clone': '0' },
      'this kernel does not let ordinary users make user namespaces',
      'sudo sysctl kernel.unprivileged_userns_clone=1',
    ],
    [
      { 'user/max_user_namespaces': '0' },
      'this machine allows no user namespaces',
      'sudo sysctl user.max_user_namespaces=10000',
    ],
  ])('%o is named with its cure', async (settings, message, hint) => {
    expect(explainUserNamespaces(error, await machine(settings))).toMatchObject({
      code: 'ERR_TSBUILD_RUN_UNAVAILABLE',
      message,
      hint,
      cause: error,
    });
  });

  test('other failures stay what they are', async () => {
    const allowed = { 'kernel/apparmor_restrict_unprivileged_userns': '0', 'kernel/unprivileged_userns_clone': '1' };
    expect(explainUserNamespaces(error, await machine(allowed))).toBe(error);
    expect(explainUserNamespaces(error, await machine({}))).toBe(error);
  });
});
