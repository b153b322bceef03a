import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileTree, type LayerEntry, readTreeFile } from '@tsbuild/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { directory, type FileEntry, file, hardlink, layerTree, symlink, whiteout } from '../../test/entries.ts';
import { type MergedTree, mergeTrees } from './merged-tree.ts';

let folder = '';
let layers = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsbuild-merged-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function merge(...stack: readonly (readonly (LayerEntry | FileEntry)[])[]): Promise<MergedTree> {
  return mergeTrees(await Promise.all(stack.map((items) => layerTree(folder, `${layers++}.tar`, items))));
}

/** Every path with its type, contents and link. */
async function show(tree: FileTree, path = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const name of tree.list(path)) {
    const child = path === '' ? name : `${path}/${name}`;
    const entry = tree.lookup(child);
    if (entry?.type === 'directory') lines.push(`${child}/`, ...(await show(tree, child)));
    else if (entry?.type === 'symlink') lines.push(`${child} -> ${entry.linkTarget}`);
    else lines.push(`${child}${entry?.hardlink ? ` = ${entry.hardlink}` : ''} ${await readTreeFile(tree, child)}`);
  }
  return lines;
}

test('no layers are an empty root', async () => {
  const tree = mergeTrees([]);

  expect(tree.lookup('')).toEqual({ path: '', type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 });
  expect(tree.list('')).toEqual([]);
  expect(tree.lookup('a')).toBeUndefined();
});

test('directories add up, files are replaced', async () => {
  const tree = await merge([file('d/a', '1'), file('d/b', '1')], [file('d/b', '2'), file('d/c', '2')]);

  expect(await show(tree)).toEqual(['d/', 'd/a 1', 'd/b 2', 'd/c 2']);
  expect(['d/a', 'd/b', 'd'].map((path) => tree.layerOf(path))).toEqual([0, 1, 0]);
});

test('a parent that a layer does not name keeps what the layers below say of it', async () => {
  const tree = await merge([directory('d', { mode: 0o700, uid: 5 })], [file('d/a')], [directory('d', { mode: 0o711 })]);

  expect(tree.lookup('d')).toMatchObject({ mode: 0o711, uid: 0 });
  expect((await merge([directory('d', { mode: 0o700, uid: 5 })], [file('d/a')])).lookup('d')).toEqual({
    ...directory('d', { mode: 0o700, uid: 5 }),
  });
});

test('whiteouts delete from the layers below, not from their own', async () => {
  const tree = await merge(
    [file('d/a', '1'), file('d/b', '1'), file('e/x', '1'), file('f', '1')],
    [whiteout('d/a'), whiteout('e'), whiteout('f'), file('f', '2'), whiteout('none')],
  );

  expect(await show(tree)).toEqual(['d/', 'd/b 1', 'f 2']);
  expect(tree.lookup('e/x')).toBeUndefined();
});

test('a directory that was deleted and made again starts afresh', async () => {
  const tree = await merge([file('d/old', '1')], [whiteout('d')], [file('d/new', '3')]);
  const sameLayer = await merge([file('d/old', '1')], [whiteout('d'), directory('d'), file('d/new', '2')]);

  expect(await show(tree)).toEqual(['d/', 'd/new 3']);
  expect(await show(sameLayer)).toEqual(['d/', 'd/new 2']);
});

test('an opaque directory hides what the layers below have in it', async () => {
  const tree = await merge(
    [file('d/a', '1'), file('d/s/b', '1')],
    [directory('d', { opaque: true }), file('d/c', '2')],
    [file('d/s/e', '3')],
  );

  expect(await show(tree)).toEqual(['d/', 'd/c 2', 'd/s/', 'd/s/e 3']);
});

test('an entry of another type replaces what is below', async () => {
  const tree = await merge(
    [file('a/x', '1'), file('b', '1'), symlink('c', 'a')],
    [file('a', '2'), file('b/y', '2'), file('c/z', '2')],
  );

  expect(await show(tree)).toEqual(['a 2', 'b/', 'b/y 2', 'c/', 'c/z 2']);
});

test('hard links stay within their layer', async () => {
  const tree = await merge([file('a', '1'), hardlink('b', 'a')], [file('c', '2')]);

  expect(await show(tree)).toEqual(['a 1', 'b = a 1', 'c 2']);
});

test('names that outlive the first name of their file are its names', async () => {
  const base = [file('a', 'old'), hardlink('b', 'a'), hardlink('c', 'a')];

  expect(await show(await merge(base, [file('a', 'new')]))).toEqual(['a new', 'b old', 'c = b old']);
  expect(await show(await merge(base, [whiteout('a')]))).toEqual(['b old', 'c = b old']);
  expect(await show(await merge(base, [whiteout('a'), whiteout('b')]))).toEqual(['c old']);
  expect(await show(await merge(base, [file('b', 'new')]))).toEqual(['a old', 'b new', 'c = a old']);
});

test('a link to a file of a layer below has its contents', async () => {
  const tree = await merge([file('a', 'below')], [hardlink('b', 'a', { mode: 0o600 })], [whiteout('a')]);

  expect(await show(tree)).toEqual(['b below']);
  expect(tree.lookup('b')).toMatchObject({ size: 5, mode: 0o600 });
});

test('a root that a layer describes is the root', async () => {
  expect((await merge([directory('', { mode: 0o711 })], [file('a')])).lookup('')).toMatchObject({ mode: 0o711 });
  expect(await show(await merge([file('a', '1')], [directory('', { opaque: true }), file('b', '2')]))).toEqual(['b 2']);
});

test('contents of many layers come in the order asked for', async () => {
  const tree = await merge([file('a', '1'), file('c', '3')], [file('b', '2'), file('d', '4')]);
  const chunks: string[] = [];
  for await (const { path, bytes } of tree.readMany(['d', 'a', 'b', 'c'])) chunks.push(`${path}${Buffer.from(bytes)}`);

  expect(chunks).toEqual(['d4', 'a1', 'b2', 'c3']);
});
