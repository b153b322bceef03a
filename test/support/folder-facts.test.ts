import { chmod, link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { folderFacts } from './folder-facts.ts';
import { openTempFolder } from './temp-folder.ts';
import { diffFacts, type Facts } from './tree-facts.ts';

const OWNER = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const ONE = { sha256: '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b', size: 1 };

test('a folder is told with types, modes, contents, links and further names', async () => {
  await using folder = await openTempFolder();
  await mkdir(folder.file('d'), { mode: 0o700 });
  await writeFile(folder.file('d', 'b'), '1');
  await chmod(folder.file('d', 'b'), 0o4755);
  await link(folder.file('d', 'b'), folder.file('a'));
  await symlink('d/b', folder.file('s'));

  const facts = await folderFacts(folder.path);

  expect([...facts]).toEqual([
    ['/a', { type: 'file', mode: '4755', ...OWNER, ...ONE }],
    ['/d', { type: 'directory', mode: '0700', ...OWNER }],
    ['/d/b', { type: 'file', mode: '4755', ...OWNER, ...ONE, hardlinkTo: '/a' }],
    ['/s', { type: 'symlink', mode: '0777', ...OWNER, link: 'd/b' }],
  ]);
});

test('differences are one line each, in the order of the paths', () => {
  const file: Facts = { type: 'file', mode: '0644', uid: 0, gid: 0, ...ONE };
  const expected = new Map<string, Facts>([
    ['/gone', file],
    ['/same', file],
    ['/wrong', file],
  ]);
  const actual = new Map<string, Facts>([
    ['/more', file],
    ['/same', file],
    ['/wrong', { ...file, mode: '0600', uid: 7 }],
  ]);

  expect(diffFacts(expected, actual)).toEqual([
    `/gone: expected ${JSON.stringify(file)}, got nothing`,
    `/more: expected nothing, got ${JSON.stringify(file)}`,
    '/wrong: mode: expected "0644", got "0600"',
    '/wrong: uid: expected 0, got 7',
  ]);
});
