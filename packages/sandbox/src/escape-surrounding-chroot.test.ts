import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsRoot } from '../test/fixture.ts';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');
const VITEST = `${PROJECT}/node_modules/vitest/vitest.mjs`;
const SYSTEM = ['/usr', '/lib', '/lib64', '/bin', '/etc', '/proc', '/dev', '/tmp'];
const FOLDERS = [...SYSTEM.filter(existsSync), dirname(process.execPath), PROJECT];
const ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/** Mounts and processes end with them. */
const NAMESPACES = ['--mount', '--pid', '--mount-proc', '--fork', '--kill-child'];
const SURROUND = `
root=$1; is_mount=$2; shift 2
[ "$is_mount" = no ] || mount --bind "$root" "$root"
for folder in ${FOLDERS.map((folder) => `'${folder}'`).join(' ')}; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done
exec chroot "$root" /bin/sh -ec 'cd "$1"; shift; exec "$@"' sh "$@"
`;

/** All escapes by a second chroot, tried again where a plain chroot, not a mount namespace, is what surrounds us. */
describe.skipIf(needsRoot !== '')(`escaping from within a plain chroot${needsRoot}`, () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'surrounding-'));
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  test.each([
    ['a mount', 'yes'],
    ['a mere folder', 'no'],
  ])('whose root is %s', (_, isMount) => {
    const inside = [process.execPath, VITEST, 'run', '--project', 'system', '--reporter', 'json', 'escape-chroot.test'];
    const surround = ['/bin/sh', '-ec', SURROUND, 'sh', root, isMount, PROJECT];
    const report = execFileSync('unshare', [...NAMESPACES, ...surround, ...inside], { encoding: 'utf8', env: ENV });
    const { numPassedTests, numTotalTests } = JSON.parse(report);
    expect({ numPassedTests, numTotalTests }).toEqual({ numPassedTests: 1, numTotalTests: 1 });
  });
});
