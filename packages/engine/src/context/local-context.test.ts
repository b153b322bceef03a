import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs, { statSync } from 'node:fs';
import { appendFile, chmod, link, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, type FileTree, parseDigest, readTreeFile, toFsPath } from '@tsbuild/core';
import { parseDockerignore } from '@tsbuild/dockerfile';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openContext } from './open-context.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tsbuild-context-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

function makeFifo(name: string): void {
  execFileSync('sh', ['-c', 'mkfifo -m 600 "$0"', join(root, name)]);
}

/** Every path of a tree. */
function walk(tree: FileTree, directory = ''): string[] {
  return tree.list(directory).flatMap((name) => {
    const path = directory === '' ? name : `${directory}/${name}`;
    return [path, ...walk(tree, path)];
  });
}

test('entries belong to root and have the mode, size and time of the disk', async () => {
  await write({ 'd/f': 'four' });
  await chmod(join(root, 'd/f'), 0o4750);
  await chmod(join(root, 'd'), 0o1710);
  await utimes(join(root, 'd/f'), 1000, 1000.5);

  const context = openContext(root);

  expect(context.lookup('d/f')).toEqual({
    path: 'd/f',
    type: 'file',
    mode: 0o4750,
    uid: 0,
    gid: 0,
    size: 4,
    mtime: 1000.5,
  });
  expect(context.lookup('d')).toMatchObject({ type: 'directory', mode: 0o1710, size: 0 });
  expect(context.lookup('')).toMatchObject({ path: '', type: 'directory' });
  expect(context.lookup('d/none')).toBeUndefined();
  expect(context.lookup('d/f/x')).toBeUndefined();
  expect(context.list('d/f')).toEqual([]);
});

test('names are in code-unit order, those that are not UTF-8 included', async () => {
  await write({ b: '', Z: '', ä: '', a1: '' });
  await writeFile(toFsPath(`${root}/\udcff`), 'bytes');

  const context = openContext(root);

  expect(context.list('')).toEqual(['Z', 'a1', 'b', 'ä', '\udcff']);
  expect((await readTreeFile(context, '\udcff')).toString()).toBe('bytes');
});

test('links are links, and nothing is found below one', async () => {
  await write({ 'd/f': 'x' });
  await symlink('/etc', join(root, 'out'));
  await symlink('d', join(root, 'in'));

  const context = openContext(root);

  expect(context.lookup('out')).toMatchObject({ type: 'symlink', linkTarget: '/etc', size: 0 });
  expect(context.lookup('out/passwd')).toBeUndefined();
  expect(context.lookup('in/f')).toBeUndefined();
  expect(context.list('out')).toEqual([]);
  await expect(readTreeFile(context, 'out')).rejects.toMatchObject({ code: 'ERR_TSBUILD_NOT_FOUND' });
});

test('FIFOs are there, sockets are not', async () => {
  makeFifo('pipe');
  const server = createServer().listen(join(root, 'socket'));
  await once(server, 'listening');
  try {
    const context = openContext(root);
    expect(context.list('')).toEqual(['pipe']);
    expect(context.lookup('pipe')).toMatchObject({ type: 'fifo', mode: 0o600 });
  } finally {
    server.close();
  }
});

test('of the names of one file, the first that was looked up has it', async () => {
  await write({ 'a/x': 'data' });
  await link(join(root, 'a/x'), join(root, 'b'));

  const context = openContext(root);

  expect(context.lookup('b')).not.toHaveProperty('hardlink');
  expect(context.lookup('a/x')).toMatchObject({ hardlink: 'b', size: 4 });
});

test('only what is asked for is read', async () => {
  await write({ 'big/one': '1', 'small/two': '2' });
  const context = openContext(root);
  context.lookup('small/two');
  await write({ 'big/new': 'n', 'small/new': 'n' });

  expect(context.list('big')).toEqual(['new', 'one']);
  expect(context.list('small')).toEqual(['new', 'two']);
  await write({ 'big/newer': '' });
  expect(context.list('big')).toEqual(['new', 'one']);
});

test.each([
  ['dir\n', ['.other', 'a.txt']],
  ['dir\n!dir/deep/a.txt\n', ['.other', 'a.txt', 'dir', 'dir/deep', 'dir/deep/a.txt']],
  ['**\n!**/*.txt\n', ['a.txt', 'dir', 'dir/a.txt', 'dir/deep', 'dir/deep/a.txt']],
  ['*\n!dir/empty\n', ['dir', 'dir/empty']],
  ['*\n!dir/none\n', []],
  ['dir/*\n', ['.other', 'a.txt', 'dir']],
])('the ignore file %j leaves %j', async (ignoreFile, expected) => {
  await write({ 'a.txt': '', '.other': '', 'dir/a.txt': '', 'dir/deep/a.txt': '', 'dir/deep/d.log': '' });
  await mkdir(join(root, 'dir/empty'));

  const context = openContext(root, { ignores: parseDockerignore(ignoreFile) });

  expect(walk(context)).toEqual(expected);
});

test('what is ignored is no different from what is missing, but can be told apart', async () => {
  await write({ 'secret/key': 'k', 'a.txt': '' });
  const context = openContext(root, { ignores: parseDockerignore('secret\n') });

  expect(context.lookup('secret')).toBeUndefined();
  expect(context.lookup('secret/key')).toBeUndefined();
  await expect(readTreeFile(context, 'secret/key')).rejects.toMatchObject({ code: 'ERR_TSBUILD_NOT_FOUND' });
  expect(context.ignoredBy('secret/key')).toEqual({ file: '.dockerignore', line: 1, pattern: 'secret' });
  expect(context.ignoredBy('secret/none')).toBeUndefined();
  expect(context.ignoredBy('a.txt')).toBeUndefined();
});

test('directories kept for an exception keep their modes', async () => {
  await write({ 'd/e/f': 'f', 'd/g': 'g' });
  await chmod(join(root, 'd/e'), 0o701);
  const context = openContext(root, { ignores: parseDockerignore('d\n!d/e/f\n') });

  expect(context.lookup('d/e')?.mode).toBe(0o701);
  expect(walk(context)).toEqual(['d', 'd/e', 'd/e/f']);
});

test('files of all sizes are read and digested whole', async () => {
  const large = Buffer.alloc(3 * 1024 * 1024 + 17, 'large file ');
  await write({ empty: '', small: 'hello' });
  await writeFile(join(root, 'large'), large);
  const context = openContext(root);

  expect((await readTreeFile(context, 'large')).equals(large)).toBe(true);
  const names = ['large', 'empty', 'small'];
  const digests = await context.digests(names);
  expect(Object.fromEntries(names.map((name) => [name, digests.get(name)]))).toEqual({
    empty: 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    small: 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    large: 'sha256:d22b264a0b672772f87f5409357653b5578ccd214459e14b67e5323678921cca',
  });

  const chunks: [string, number, boolean][] = [];
  for await (const { path, bytes, last } of context.readMany(['small', 'empty', 'large'])) {
    chunks.push([path, bytes.byteLength, last]);
  }
  expect(chunks).toEqual([
    ['small', 5, true],
    ['empty', 0, true],
    ['large', 1_048_576, false],
    ['large', 1_048_576, false],
    ['large', 1_048_576, false],
    ['large', 17, true],
  ]);
});

test.each([10, 1024 * 1024])('a file of %d bytes that changes its size or goes away is noticed', async (size) => {
  for (const change of [
    () => appendFile(join(root, 'f'), 'x'),
    () => writeFile(join(root, 'f'), 'short'),
    () => rm(join(root, 'f')),
  ]) {
    await writeFile(join(root, 'f'), Buffer.alloc(size));
    const context = openContext(root);
    context.lookup('f');
    await change();
    const changed = { code: 'ERR_TSBUILD_CONTEXT_CHANGED', message: '"/f" changed while it was read' };
    await expect(context.digests(['f'])).rejects.toMatchObject(changed);
    await expect(readTreeFile(context, 'f')).rejects.toMatchObject(changed);
  }
});

test('a link or FIFO that took the place of a file is neither followed nor waited for', async () => {
  await write({ f: 'x', g: 'y' });
  const context = openContext(root);
  context.list('');
  await rm(join(root, 'f'));
  await symlink('/etc/hostname', join(root, 'f'));
  await rm(join(root, 'g'));
  makeFifo('g');

  for (const path of ['f', 'g']) {
    await expect(context.digests([path])).rejects.toMatchObject({ code: 'ERR_TSBUILD_CONTEXT_CHANGED' });
  }
});

test('what must not be read is told by its name', async () => {
  await write({ 'd/f': 'x' });
  await chmod(join(root, 'd/f'), 0);
  const context = openContext(root);

  await withoutRights(() =>
    expect(context.digests(['d/f'])).rejects.toMatchObject({
      code: 'ERR_TSBUILD_PERMISSION',
      message: expect.stringContaining('/d/f'),
    }),
  );
});

/** Root may read everything, so it becomes somebody else for as long as `work` takes. */
async function withoutRights(work: () => Promise<unknown>): Promise<void> {
  if (process.geteuid?.() !== 0) {
    await work();
    return;
  }
  await chmod(root, 0o755);
  process.seteuid?.(65534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

test('digesting can be cancelled', async () => {
  await writeFile(join(root, 'large'), Buffer.alloc(2 * 1024 * 1024));
  const signal = AbortSignal.abort(new Error('stop'));
  await expect(openContext(root).digests(['large'], { signal })).rejects.toThrow('stop');
});

test('a memo is asked first, and told what was hashed', async () => {
  await write({ known: 'x', new: 'y' });
  const digest = parseDigest(`sha256:${'0'.repeat(64)}`);
  const inodeOf = (name: string): number => statSync(join(root, name)).ino;
  const told: unknown[] = [];
  const before = Date.now();
  const context = openContext(root, {
    memo: {
      get: ({ ino }) => (ino === inodeOf('known') ? digest : undefined),
      set: ({ ino, size }, value, since) => told.push([ino === inodeOf('new'), size, value, since >= before]),
    },
  });

  const digests = await context.digests(['known', 'new']);

  expect(digests.get('known')).toBe(digest);
  expect(told).toEqual([[true, 1, 'sha256:a1fce4363854ff888cff4b8e7875d600c2682390412a8cf79b37d0b11148b0fa', true]]);
});

test('a context that is no folder is refused', async () => {
  await write({ file: '' });
  expect(() => openContext(join(root, 'none'))).toThrow(
    expect.objectContaining({
      code: 'ERR_TSBUILD_CONTEXT_NOT_FOUND',
      message: expect.stringContaining('does not exist'),
    }),
  );
  expect(() => openContext(join(root, 'file'))).toThrow('is not a directory');
});

test('the context itself may be a link', async () => {
  await write({ 'real/f': 'x' });
  await symlink('real', join(root, 'link'));
  expect(openContext(join(root, 'link')).list('')).toEqual(['f']);
});

test('a file is digested once', async () => {
  await write({ f: 'x' });
  const context = openContext(root);
  await context.digests(['f']);
  await write({ f: 'y' });

  expect((await context.digests(['f'])).get('f')).toBe(
    'sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
  );
});

test('a small file is opened once for its digest and its bytes, which are those of the digest', async () => {
  await write({ 'd/a': 'first', b: 'second' });
  const context = openContext(root);

  const opened = await openings(async () => {
    const digests = await context.digests(['d/a', 'b']);
    await write({ 'd/a': 'other' });
    expect(digestOf(await readTreeFile(context, 'd/a'))).toBe(digests.get('d/a'));
    expect((await readTreeFile(context, 'b')).toString()).toBe('second');
  });

  expect(opened).toEqual([join(root, 'd/a'), join(root, 'b')]);
  expect((await readTreeFile(context, 'd/a')).toString()).toBe('other'); // nothing is kept any more
});

/** Files that are opened synchronously while `work` runs. */
async function openings(work: () => Promise<void>): Promise<unknown[]> {
  const { openSync } = fs;
  const opened: unknown[] = [];
  fs.openSync = (path, ...rest) => {
    opened.push(path);
    return openSync(path, ...rest);
  };
  syncBuiltinESMExports();
  try {
    await work();
    return opened;
  } finally {
    fs.openSync = openSync;
    syncBuiltinESMExports();
  }
}
