import { expect, test } from 'vitest';
import { hierarchyOf } from './hierarchies.ts';

const UNIFIED = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';
const MEMORY = '31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n';
const CPU = '32 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n';

test('version 2 has one tree for all', () => {
  const memberships = '0::/user.slice/user-1000.slice/session-2.scope\n';
  expect(hierarchyOf('pids', memberships, UNIFIED)).toEqual({
    version: 2,
    top: '/sys/fs/cgroup',
    own: '/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope',
  });
});

test('version 1 has a tree for each controller, or for some together; the rest is in version 2', () => {
  const memberships = '4:memory:/a\n2:cpu,cpuacct:/\n0::/b\n';
  const mounts = `${MEMORY}${CPU}${UNIFIED.replace('/sys/fs/cgroup', '/sys/fs/cgroup/unified')}`;
  const found = (['memory', 'cpu', 'pids'] as const).map((name) => hierarchyOf(name, memberships, mounts));
  expect(found).toEqual([
    { version: 1, top: '/sys/fs/cgroup/memory', own: '/sys/fs/cgroup/memory/a' },
    { version: 1, top: '/sys/fs/cgroup/cpu,cpuacct', own: '/sys/fs/cgroup/cpu,cpuacct' },
    { version: 2, top: '/sys/fs/cgroup/unified', own: '/sys/fs/cgroup/unified/b' },
  ]);
});

test('a container may see its own part of the tree only', () => {
  const mounts = '31 23 0:27 /docker/12ab /sys/fs/cgroup/my\\040memory rw - cgroup cgroup rw,memory\n';
  const placeOf = (path: string) => hierarchyOf('memory', `4:memory:${path}\n`, mounts)?.own;
  expect(['/docker/12ab', '/docker/12ab/inner', '/docker/12abc', '/../other'].map(placeOf)).toEqual([
    '/sys/fs/cgroup/my memory',
    '/sys/fs/cgroup/my memory/inner',
    undefined,
    undefined,
  ]);
});

test('what is not mounted is not there', () => {
  expect(hierarchyOf('memory', '4:memory:/a\n0::/\n', UNIFIED)).toBe(undefined);
  expect(hierarchyOf('memory', '0::/\n', '')).toBe(undefined);
});
