import { digestOf, LayerError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, header, member, padded, pax, streamOf } from '../../test/archive.ts';
import { readAll } from '../../test/read-all.ts';
import { indexLayer } from '../index/layer-indexer.ts';
import { openLayerTree } from '../tree/layer-tree.ts';

test.each([
  ['a wrong checksum', header({ name: 'f', checksum: '000001\0 ' }), 'a header has a wrong checksum'],
  ['a checksum that is no number', header({ name: 'f', checksum: 'xxxxxx\0 ' }), 'not octal'],
  ['a size that is no number', header({ name: 'f', size: '0000000000x\0' }), 'not octal'],
  ['an unknown type', header({ name: 'f', type: 'Z' }), 'entry "f" is of the unknown type 0x5a'],
  ['text instead of a header', padded('this is no tar at all, but long enough'.repeat(20)), 'not octal'],
  ['a symlink to nothing', header({ name: 'l', type: '2' }), 'symlink "l" has no target'],
  ['a hard link to nothing', header({ name: 'l', type: '1' }), 'hard link "l" has no target'],
  ['a file that is the root', header({ name: './' }), 'the root is not a directory'],
  ['a NUL in a PAX path', Buffer.concat([pax({ path: 'a\0b' }), member('f')]), 'it holds a NUL'],
  ['a NUL in a link target', Buffer.concat([pax({ linkpath: 'a\0b' }), header({ name: 'l', type: '2' })]), 'a NUL'],
  ['an owner beyond 32 bits', Buffer.concat([pax({ uid: '4294967296' }), member('f')]), 'has the id 4294967296'],
  ['a header behind the end', Buffer.concat([Buffer.alloc(512), header({ name: 'f' })]), 'follows a block of zeros'],
  ['a PAX header that nothing follows', pax({ path: 'x' }), undefined],
])('%s is refused', async (_what, attack, message) => {
  const reading = readAll(attack);

  if (message === undefined) {
    await expect(reading).rejects.toThrow(LayerError);
  } else {
    await expect(reading).rejects.toThrow(message);
  }
});

test('attributes may be called anything', async () => {
  const [member0] = await readAll(archive(pax({ 'SCHILY.xattr.__proto__': 'x' }), member('f')));

  expect(Object.keys((member0?.entry.type === 'file' && member0.entry.xattrs) || {})).toEqual(['__proto__']);
});

test('the owner that some systems give to nobody is its 32 bits', async () => {
  const [nobody] = await readAll(archive(header({ name: 'f', uid: '\xff\xff\xff\xff\xff\xff\xff\xfe' })));

  expect(nobody?.entry).toMatchObject({ uid: 4_294_967_294 });
});

test('a link that claims to be sparse adds nothing to the file after it', async () => {
  const sparse = pax({ 'GNU.sparse.map': '', 'GNU.sparse.size': '10', 'GNU.sparse.name': 'l' });
  const tar = archive(member('a', 'x'), sparse, header({ name: 'l', type: '1', link: 'a' }), member('b', 'y'));

  expect((await readAll(tar)).map(({ entry, content }) => [entry.path, content])).toEqual([
    ['a', 'x'],
    ['l', ''],
    ['b', 'y'],
  ]);
  const tree = openLayerTree((await indexLayer(streamOf(tar))).index, '/none');
  expect(tree.lookup('b')?.digest).toBe(digestOf('y'));
});

test('of a global header only what replaces fields is kept', async () => {
  const junk = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key${index}`, 'v'.repeat(100)]));
  const files = Array.from({ length: 2000 }, (_, index) => member(`f${index}`));

  expect(await readAll(archive(pax({ ...junk, uid: '7' }, 'g'), ...files))).toHaveLength(2000);
});
