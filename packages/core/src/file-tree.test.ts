import { expect, test } from 'vitest';
import { resolvePath, type TreeEntry } from './file-tree.ts';

const LINKS: Readonly<Record<string, string>> = {
  bin: 'usr/bin',
  'usr/lib': '/lib64',
  up: '../../../etc',
  dangling: '/no/where',
  loop: 'loop2',
  loop2: 'loop',
};
const DIRECTORIES = ['', 'usr', 'usr/bin', 'lib64', 'etc'];

const tree = {
  lookup(path: string): TreeEntry | undefined {
    const common = { path, mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 };
    const linkTarget = LINKS[path];
    if (linkTarget !== undefined) return { ...common, type: 'symlink', linkTarget };
    return DIRECTORIES.includes(path) ? { ...common, type: 'directory' } : undefined;
  },
};

test.each([
  ['/bin/sh', 'usr/bin/sh'],
  ['usr/lib/x', 'lib64/x'],
  ['up/passwd', 'etc/passwd'],
  ['dangling/x', 'no/where/x'],
  ['../..//bin/./a/../b', 'usr/bin/b'],
  ['/', ''],
])('%s leads to %s', (path, resolved) => {
  expect(resolvePath(tree, path).path).toBe(resolved);
});

test('the last component is kept as a link when asked', () => {
  expect(resolvePath(tree, 'bin', { followLast: false })).toMatchObject({ path: 'bin', entry: { type: 'symlink' } });
  expect(resolvePath(tree, 'bin')).toMatchObject({ path: 'usr/bin', entry: { type: 'directory' } });
});

test('a loop of links ends and says so', () => {
  expect(resolvePath(tree, 'loop/x')).toMatchObject({ isLoop: true });
});
