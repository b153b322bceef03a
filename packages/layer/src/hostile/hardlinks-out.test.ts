import { NotFoundError, readTreeFile } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, header, member, streamOf } from '../../test/archive.ts';
import { indexLayer } from '../index/layer-indexer.ts';
import { openLayerTree } from '../tree/layer-tree.ts';

const hardlink = (name: string, link: string) => header({ name, type: '1', link });
const symlink = (name: string, link: string) => header({ name, type: '2', link });

async function treeOf(...entries: readonly Buffer[]) {
  return openLayerTree((await indexLayer(streamOf(archive(...entries)))).index, '/none');
}

test('a hard link to an absolute path is one to that path in the root', async () => {
  const tree = await treeOf(member('etc/passwd', 'ours'), hardlink('h', '/etc/passwd'));

  expect(tree.lookup('h')).toMatchObject({ type: 'file', hardlink: 'etc/passwd', size: 4 });
});

test.each([
  ['to a file that only the host has', [hardlink('h', '/etc/passwd')], 'etc/passwd'],
  ['through a symlink to the host', [symlink('l', '/etc'), hardlink('h', 'l/passwd')], 'l/passwd'],
  ['through a symlink that climbs', [symlink('l', '../../../../etc'), hardlink('h', 'l/passwd')], 'l/passwd'],
  ['to itself', [hardlink('h', 'h')], 'h'],
])('a hard link %s names nothing: there is no content to read', async (_, entries, target) => {
  const tree = await treeOf(...entries);

  expect(tree.lookup('h')).toMatchObject({ type: 'file', hardlink: target, size: 0 });
  await expect(readTreeFile(tree, 'h')).rejects.toThrow(NotFoundError);
});
