import { LayerError } from '@tsbuild/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { archive, header, member, padded, pax, streamOf } from '../../test/archive.ts';
import { indexLayer } from '../index/layer-indexer.ts';
import { openLayerTree } from '../tree/layer-tree.ts';

/** One of everything. */
const SOUND = archive(
  pax({ uid: '7' }, 'g'),
  header({ name: 'd/', type: '5' }),
  member('d/f', 'contents'),
  pax({ path: 'd/long', size: '3', mtime: '1.5', 'SCHILY.xattr.user.a': 'v' }),
  Buffer.concat([header({ name: 'short' }), padded('abc')]),
  Buffer.concat([header({ name: 'L', type: 'L', size: 9 }), padded('d/gnu\0')]),
  header({ name: 'l', type: '2', link: 'd' }),
  header({ name: 'h', type: '1', link: 'd/f' }),
  header({ name: 'n', type: '3', major: '0000001\0', minor: '0000003\0' }),
  pax({ 'GNU.sparse.map': '0,1,5,1', 'GNU.sparse.size': '9', 'GNU.sparse.name': 'd/sparse' }),
  Buffer.concat([header({ name: 's', size: 2 }), padded('xy')]),
  pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '9', 'GNU.sparse.name': 'd/s1' }),
  Buffer.concat([header({ name: 's', size: 513 }), padded('1\n3\n1\n'), padded('z')]),
  member('d/.wh.gone'),
);

/** Makes the checksums right again, so that the damage is looked at. */
function withChecksums(tar: Buffer): Buffer {
  for (let at = 0; at + 512 <= tar.length; at += 512) {
    if (tar.toString('latin1', at + 257, at + 262) !== 'ustar') continue;
    const block = tar.subarray(at, at + 512);
    block.write('        ', 148);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  }
  return tar;
}

const mutation = fc.record({
  at: fc.nat(SOUND.length - 1),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 47, 46, 57)),
});
const mutations = fc.array(mutation, { minLength: 1, maxLength: 12 });

test('an archive that was tampered with is read or refused, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(mutations, fc.integer({ min: 1, max: 3000 }), async (changes, chunkBytes) => {
      const tar = Buffer.from(SOUND);
      for (const { at, byte } of changes) tar.writeUInt8(byte, at);
      try {
        const { index } = await indexLayer(streamOf(withChecksums(tar), chunkBytes), { maxHoleBytes: 1_000_000 });
        for (const { path } of openLayerTree(index, '/none').entries()) {
          expect(path.split('/')).not.toContain('..');
          expect(path.startsWith('/')).toBe(false);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(LayerError);
      }
    }),
    { numRuns: 500 },
  );
});

test('the archive is sound to begin with', async () => {
  const { index } = await indexLayer(streamOf(SOUND));

  expect([...openLayerTree(index, '/none').entries()].map(({ path }) => path)).toEqual([
    'd',
    'd/f',
    'd/long',
    'd/gnu',
    'h',
    'n',
    'd/sparse',
    'd/s1',
    'd/gone',
  ]);
});

test('random bytes are refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 512, maxLength: 2048 }), async (bytes) => {
      fc.pre(bytes.some((byte) => byte !== 0));
      await expect(indexLayer(streamOf(bytes))).rejects.toThrow(LayerError);
    }),
    { numRuns: 100 },
  );
});
