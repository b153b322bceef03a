import { digestOf, type FileChunk, type FileTree } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { collect, streamOf } from '../../test/archive.ts';
import { archiveOf } from '../../test/archive-of.ts';
import { MemoryIngest } from '../../test/memory-ingest.ts';
import { RecordedLayer, treeOf } from '../../test/recorded-layer.ts';
import { createLayerWriter } from '../layer-writer.ts';
import { readTar } from '../tar/read-tar.ts';
import { writeCopy } from './copy.ts';
import { selectSources } from './select.ts';

/** A tree that says one thing of `f` and then has other bytes. */
function changing(says: string, has: readonly string[]): FileTree {
  return {
    ...treeOf({ f: says }),
    async *readMany(paths): AsyncGenerator<FileChunk> {
      for (const path of paths) {
        for (const [index, text] of has.entries()) {
          yield { path, bytes: Buffer.from(text), last: index === has.length - 1 };
        }
      }
    },
  };
}

/** Copies `f` into a layer and returns the content of its one file. */
async function copyChanging(tree: FileTree, expected: string, unpack = false): Promise<string> {
  const ingest = new MemoryIngest();
  const writer = createLayerWriter(ingest);
  const selection = selectSources(tree, { sources: ['f'] });
  const sources = [{ selection, expected: new Map([['f', digestOf(expected)]]), unpack }];
  await writeCopy(writer, { sources, destination: treeOf({}), target: '/f', workdir: '/', createdTime: 0 });
  await writer.finish();
  for await (const { entry, content } of readTar(streamOf(ingest.bytes))) {
    if (entry.type === 'file') return (await collect(content)).toString();
  }
  return '';
}

test('a file in several pieces is written whole', async () => {
  expect(await copyChanging(changing('abc', ['a', '', 'bc']), 'abc')).toBe('abc');
});

test.each([
  ['other bytes', ['xyz']],
  ['fewer bytes', ['ab']],
  ['more bytes', ['abcd']],
  ['more pieces', ['abc', 'd']],
  ['no piece', []],
])('a file that has %s than its key says is refused', async (_, has) => {
  await expect(copyChanging(changing('abc', has), 'abc')).rejects.toMatchObject({
    code: 'ERR_TSBUILD_CONTEXT_CHANGED',
    message: '"/f" changed while it was packed',
  });
});

test('an empty file that has bytes now is refused', async () => {
  await expect(copyChanging(changing('', ['x']), '')).rejects.toMatchObject({ code: 'ERR_TSBUILD_CONTEXT_CHANGED' });
});

test('an archive that is another one than its key says is refused', async () => {
  const archive = archiveOf([{ name: 'in', content: 'x' }]).toString('latin1');
  await expect(copyChanging(treeOf({ f: archive }), 'another archive', true)).rejects.toMatchObject({
    code: 'ERR_TSBUILD_CONTEXT_CHANGED',
  });
  expect(await copyChanging(treeOf({ f: archive }), archive, true)).toBe('x');
});

test('cancelling ends a copy', async () => {
  const controller = new AbortController();
  controller.abort(new Error('stop'));
  const sources = [{ selection: selectSources(treeOf({ f: 'x' }), { sources: ['f'] }) }];
  const request = { sources, destination: treeOf({}), target: '/', workdir: '/', createdTime: 0 };
  await expect(writeCopy(new RecordedLayer(), { ...request, signal: controller.signal })).rejects.toThrow('stop');
});
