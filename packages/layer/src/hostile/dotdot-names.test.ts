import { UnsafePathError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, header, member, padded, pax, streamOf } from '../../test/archive.ts';
import { listAll, readAll } from '../../test/read-all.ts';
import { indexLayer } from '../index/layer-indexer.ts';

const ATTACKS: readonly [string, Buffer][] = [
  ['a name', member('../../evil', 'x')],
  ['a name that enters first', member('a/../../evil', 'x')],
  ['a directory', header({ name: '../evil/', type: '5' })],
  ['the target of a hard link', header({ name: 'l', type: '1', link: '../../etc/passwd' })],
  ['a PAX path', Buffer.concat([pax({ path: 'ok/../../evil' }), member('short')])],
  ['a PAX link path', Buffer.concat([pax({ linkpath: '../etc' }), header({ name: 'l', type: '1', link: 'x' })])],
  ['a GNU long name', Buffer.concat([header({ name: 'L', type: 'L', size: 8 }), padded('../evil\0'), member('short')])],
  ['a prefix', member('evil', 'x', { prefix: '..' })],
  ['a whiteout', member('../.wh.evil')],
  ['an opaque marker', member('../.wh..wh..opq')],
];

test.each(ATTACKS)('%s that leaves the root is refused', async (_what, attack) => {
  await expect(readAll(archive(attack))).rejects.toThrow(UnsafePathError);
  await expect(indexLayer(streamOf(archive(attack)))).rejects.toThrow(UnsafePathError);
});

test('entries before the attack are still handed out', async () => {
  const seen: string[] = [];
  const { readTar } = await import('../tar/read-tar.ts');
  const reading = async (): Promise<void> => {
    for await (const { entry } of readTar(streamOf(archive(member('ok'), member('../evil'))))) seen.push(entry.path);
  };

  await expect(reading()).rejects.toThrow('unsafe path "../evil": it leads out of the root');
  expect(seen).toEqual(['ok']);
});

test('ADD drops what leads out', async () => {
  const tar = archive(member('ok'), member('../../../evil', 'x'), header({ name: 'l', type: '1', link: '../../ok' }));

  expect(await listAll(tar, { dotdot: 'drop' })).toEqual(['file ok', 'file evil', 'file l']);
});
