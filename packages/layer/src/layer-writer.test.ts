import { execFile } from 'node:child_process';
import { mkdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DigestMismatchError, digestOf } from '@tsbuild/core';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';
import { directory, file, hardlink, symlink, whiteout, writeLayer } from '../test/entries.ts';
import { MemoryIngest } from '../test/memory-ingest.ts';
import { tempFolder } from '../test/temp-folder.ts';
import { createLayerWriter } from './layer-writer.ts';

const run = promisify(execFile);
const EMPTY_LAYER = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

test('a layer without entries is the two blocks of zeros that everybody has', async () => {
  const { layer, tar } = await writeLayer([]);

  expect(layer.diffId).toBe(EMPTY_LAYER);
  expect(tar).toEqual(Buffer.alloc(1024));
  expect(layer.size).toBe(1024);
});

test('every byte of a tar is determined', async () => {
  const { tar } = await writeLayer([directory('etc', { mtime: 1.5 }), file('etc/motd', 'hi\n', { uid: 1000 })]);

  const expected =
    'etc/'.padEnd(100, '\0') +
    ['0000755\0', '0000000\0', '0000000\0', '00000000000\0', '00000000001\0', '007761\0 '].join('') +
    `5${'\0'.repeat(100)}ustar\x0000${'\0'.repeat(64)}0000000\x000000000\0${'\0'.repeat(167)}` +
    'etc/motd'.padEnd(100, '\0') +
    ['0000644\0', '0001750\0', '0000000\0', '00000000003\0', '00000000000\0', '010654\0 '].join('') +
    `0${'\0'.repeat(100)}ustar\x0000${'\0'.repeat(64)}0000000\x000000000\0${'\0'.repeat(167)}` +
    'hi\n'.padEnd(512, '\0') +
    '\0'.repeat(1024);
  expect(tar.toString('latin1')).toBe(expected);
});

test('the result tells digest, size and identity of what was written', async () => {
  const { layer, tar } = await writeLayer([file('a', 'x')]);

  expect(layer.diffId).toBe(digestOf(tar));
  expect(layer.size).toBe(tar.length);
  expect(layer.contentId).toMatch(/^sha256:/);
});

test('GNU tar unpacks what was written', async () => {
  await using folder = await tempFolder();
  const long = `${'d'.repeat(120)}/${'f'.repeat(130)}`;
  const big = Buffer.alloc(3_000_000, 'big');
  const { tar } = await writeLayer([
    directory('bin', { mode: 0o1777 }),
    file('bin/tool', 'run', { mode: 0o4755, mtime: 1_600_000_000 }),
    hardlink('bin/alias', 'bin/tool', { mode: 0o4755, mtime: 1_600_000_000 }),
    symlink('sh', 'bin/tool'),
    file(long, 'long'),
    file('übel', 'umlaut'),
    file('big', big),
    file('after', 'end'),
  ]);
  await writeFile(join(folder.path, 'layer.tar'), tar);
  await mkdir(join(folder.path, 'out'));

  await run('tar', ['-C', join(folder.path, 'out'), '-xpf', join(folder.path, 'layer.tar')]);

  const at = (path: string): string => join(folder.path, 'out', path);
  expect(await readFile(at('bin/tool'), 'utf8')).toBe('run');
  expect((await stat(at('bin/tool'))).mode & 0o7777).toBe(0o4755);
  expect((await stat(at('bin/tool'))).mtimeMs).toBe(1_600_000_000_000);
  expect((await stat(at('bin/alias'))).ino).toBe((await stat(at('bin/tool'))).ino);
  expect((await stat(at('bin'))).mode & 0o7777).toBe(0o1777);
  expect(await readlink(at('sh'))).toBe('bin/tool');
  expect(await readFile(at(long), 'utf8')).toBe('long');
  expect(await readFile(at('übel'), 'utf8')).toBe('umlaut');
  expect((await readFile(at('big'))).equals(big)).toBe(true);
  expect(await readFile(at('after'), 'utf8')).toBe('end');
});

test('tar-stream reads the same headers', async () => {
  const { tar } = await writeLayer([
    directory('d'),
    file(`d/${'n'.repeat(200)}`, 'x', { uid: 1000, mtime: 7 }),
    whiteout('d/gone'),
    directory('e', { opaque: true }),
  ]);
  const reader = extract();
  reader.end(tar);

  const headers: unknown[] = [];
  for await (const entry of reader) {
    const { name, type, uid, mtime } = entry.header;
    headers.push([name, type, uid, mtime?.getTime()]);
    entry.resume();
  }

  expect(headers).toEqual([
    ['d/', 'directory', 0, 0],
    [`d/${'n'.repeat(200)}`, 'file', 1000, 7000],
    ['d/.wh.gone', 'file', 0, 0],
    ['e/', 'directory', 0, 0],
    ['e/.wh..wh..opq', 'file', 0, 0],
  ]);
});

test('contents in pieces give the same layer as contents in one', async () => {
  const ingest = new MemoryIngest();
  const writer = createLayerWriter(ingest);
  await writer.add(file('a', 'hello').entry);
  const reused = Buffer.alloc(3);
  for (const piece of ['he', 'llo']) {
    reused.write(piece);
    await writer.content(reused.subarray(0, piece.length));
  }

  const layer = await writer.finish();

  expect(layer).toEqual((await writeLayer([file('a', 'hello')])).layer);
});

test('a file of a reserved name is the whiteout that it says', async () => {
  const { layer } = await writeLayer([file('a/.wh.b', 'contents are lost'), file('c', 'x')]);

  expect(layer).toEqual((await writeLayer([whiteout('a/b'), file('c', 'x')])).layer);
});

test('a file larger than ustar can say gets its size in a record', async () => {
  const header = Buffer.from('size=8589934592\n');
  const parts: Buffer[] = [];
  const writer = createLayerWriter({
    write: (bytes) => void parts.push(Buffer.from(bytes)),
    commit: () => Promise.reject(new Error('not reached')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  await writer.add(file('big', '', { size: 8 * 1024 ** 3 }).entry);
  await writer.content(Buffer.alloc(1024 * 1024));

  expect(Buffer.concat(parts).includes(header)).toBe(true);
});

test('fewer or more bytes than the file has are a mistake of the caller', async () => {
  const writer = createLayerWriter(new MemoryIngest());
  await writer.add(file('a', 'hello').entry);

  expect(() => writer.content(Buffer.alloc(6))).toThrow('more bytes than the file has');
  expect(() => writer.add(directory('b'))).toThrow('the contents of a file are not complete');
  await expect(writer.finish()).rejects.toThrow('the contents of a file are not complete');
});

test('contents that do not have the digest of their entry are refused', async () => {
  const writer = createLayerWriter(new MemoryIngest());
  const { entry, content } = file('a', 'hello', { digest: digestOf('hello') });
  await writer.add(entry);
  await writer.content(content);
  await writer.add({ ...entry, path: 'b' });

  expect(() => writer.content(Buffer.from('other'))).toThrow(DigestMismatchError);
});

test('an empty file is refused when its entry says another digest', async () => {
  const writer = createLayerWriter(new MemoryIngest());
  await expect(async () => writer.add(file('a', '', { digest: digestOf('x') }).entry)).rejects.toThrow(
    DigestMismatchError,
  );
});

test('a failing store fails the writer', async () => {
  const writer = createLayerWriter({
    write: () => Promise.reject(new Error('disk full')),
    commit: () => Promise.reject(new Error('not reached')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  await writer.add(file('a', 'hello').entry);
  await writer.content(Buffer.from('hello'));

  await expect(writer.finish()).rejects.toThrow('disk full');
});
