import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTreeFile } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, header, member, streamOf } from '../../test/archive.ts';
import { tempFolder } from '../../test/temp-folder.ts';
import { indexLayer } from '../index/layer-indexer.ts';
import { openLayerTree } from '../tree/layer-tree.ts';

test('a write through a link that leads out of the root lands inside', async () => {
  await using folder = await tempFolder();
  const tar = archive(
    header({ name: 'up', type: '2', link: '../../../../..' }),
    member('up/etc/cron', 'evil'),
    header({ name: 'abs', type: '2', link: '/var' }),
    member('abs/run', 'evil too'),
  );
  await writeFile(join(folder.path, 'layer.tar'), tar);

  const tree = openLayerTree((await indexLayer(streamOf(tar))).index, join(folder.path, 'layer.tar'));

  expect([...tree.entries()].map(({ path }) => path)).toEqual(['up', 'etc/cron', 'abs', 'var/run']);
  expect((await readTreeFile(tree, 'etc/cron')).toString()).toBe('evil');
  expect(tree.list('up')).toEqual([]);
});

test('a hard link through a symlink names the file that it leads to', async () => {
  const tar = archive(
    member('real/f', 'x'),
    header({ name: 'l', type: '2', link: 'real' }),
    header({ name: 'h', type: '1', link: 'l/f' }),
  );
  const tree = openLayerTree((await indexLayer(streamOf(tar))).index, '/none');

  expect(tree.lookup('h')).toMatchObject({ type: 'file', hardlink: 'real/f', size: 1 });
});
