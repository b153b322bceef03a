import { expect, test } from 'vitest';
import { fileChanges } from './file-facts.ts';

const FILE = { type: 'file', mode: '0644', content: 'sha256:1' } as const;

test('a changed file is told with what changed of it', () => {
  const before = { a: FILE, b: FILE, c: FILE, d: { type: 'symlink', content: 'a' }, e: FILE } as const;
  const now = {
    a: { ...FILE, content: 'sha256:2' },
    b: { ...FILE, mode: '0755' },
    d: { type: 'symlink', content: 'b' },
    e: FILE,
    f: FILE,
  } as const;
  expect(fileChanges(before, now)).toEqual([
    { path: 'a', what: 'content', from: 'sha256:1', to: 'sha256:2' },
    { path: 'b', what: 'mode', from: '0644', to: '0755' },
    { path: 'c', what: 'removed', from: 'sha256:1' },
    { path: 'd', what: 'link', from: 'a', to: 'b' },
    { path: 'f', what: 'added', to: 'sha256:1' },
  ]);
});

test('a folder that comes with its files is not named itself, an empty one is', () => {
  const folder = { type: 'directory', mode: '0755' } as const;
  expect(fileChanges({}, { empty: folder, full: folder, 'full/a': FILE })).toEqual([
    { path: 'empty', what: 'added' },
    { path: 'full/a', what: 'added', to: 'sha256:1' },
  ]);
});
