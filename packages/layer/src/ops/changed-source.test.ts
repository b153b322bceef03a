import { digestOf, type FileChunk, type FileTree } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archiveOf } from '../../test/archive-of.ts';
import { RecordedLayer, treeOf } from '../../test/recorded-layer.ts';
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

async function copyChanging(tree: FileTree, expected: string, unpack = false): Promise<string[]> {
  const layer = new RecordedLayer();
  const selection = selectSources(tree, { sources: ['f'] });
  const sources = [{ selection, expected: new Map([['f', digestOf(expected)]]), unpack }];
  await writeCopy(layer, { sources, destination: treeOf({}), target: '/f', workdir: '/', createdTime: 0 });
  return layer.lines;
}

test('a file in several pieces is written whole', async () => {
  expect(await copyChanging(changing('abc', ['a', '', 'bc']), 'abc')).toEqual(['file 644 0:0 f = abc']);
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
  expect(await copyChanging(treeOf({ f: archive }), archive, true)).toEqual([
    'directory 755 0:0 f',
    'file 644 0:0 f/in = x',
  ]);
});

test('cancelling ends a copy', async () => {
  const controller = new AbortController();
  controller.abort(new Error('stop'));
  const sources = [{ selection: selectSources(treeOf({ f: 'x' }), { sources: ['f'] }) }];
  const request = { sources, destination: treeOf({}), target: '/', workdir: '/', createdTime: 0 };
  await expect(writeCopy(new RecordedLayer(), { ...request, signal: controller.signal })).rejects.toThrow('stop');
});
