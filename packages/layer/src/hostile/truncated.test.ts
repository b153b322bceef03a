import { LayerError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, member, pax, streamOf } from '../../test/archive.ts';
import { readAll } from '../../test/read-all.ts';
import { indexLayer } from '../index/layer-indexer.ts';

const TAR = archive(member('a', 'x'.repeat(1000)), pax({ path: 'b' }), member('short', 'y'));

test('an archive that is cut within an entry is refused, wherever it is cut', async () => {
  const accepted: number[] = [];
  for (let at = 0; at <= TAR.length; at += at % 512 === 0 || at % 512 === 511 ? 1 : 510) {
    try {
      await indexLayer(streamOf(TAR.subarray(0, at)));
      accepted.push(at);
    } catch (error) {
      expect(error).toBeInstanceOf(LayerError);
      expect(error).toHaveProperty('message', expect.stringContaining('unexpected EOF'));
    }
  }

  // Between entries, in the padding of one, and in the end marker.
  expect(accepted).toEqual([0, 1535, 1536, 3073, 3583, 3584, 3585, 4095, 4096, 4097, 4607, 4608]);
});

test('what was complete before the cut is handed out', async () => {
  await expect(readAll(TAR.subarray(0, 700))).rejects.toThrow('unexpected EOF in the contents of an entry');
  await expect(readAll(TAR.subarray(0, 100))).rejects.toThrow('unexpected EOF in a header');
});
