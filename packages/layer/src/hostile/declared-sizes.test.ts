import { LayerError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, header, member, padded, pax, streamOf } from '../../test/archive.ts';
import { readAll } from '../../test/read-all.ts';
import { indexLayer } from '../index/layer-indexer.ts';

const EIGHT_EXABYTES = '\x80\0\0\0\0\x1f\xff\xff\xff\xff\xff\xff';

test.each([
  ['a file of 8 PiB', header({ name: 'f', size: EIGHT_EXABYTES })],
  ['a PAX size', Buffer.concat([pax({ size: '9007199254740991' }), header({ name: 'f' })])],
])('%s without contents is cut short, and nothing is allocated', async (_what, attack) => {
  const before = process.memoryUsage().rss;

  await expect(indexLayer(streamOf(Buffer.concat([attack, Buffer.alloc(2048)])))).rejects.toThrow(
    'unexpected EOF in the contents of an entry',
  );
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});

test.each([
  ['PAX header', 'x'],
  ['global header', 'g'],
  ['GNU long name', 'L'],
  ['GNU long link', 'K'],
])('a %s beyond the limit is refused by its declared size', async (_what, type) => {
  await expect(readAll(header({ name: 'x', type, size: 1_048_577 }))).rejects.toThrow(
    'a header has 1048577 bytes, at most 1048576 are allowed',
  );
  await expect(readAll(header({ name: 'x', type, size: EIGHT_EXABYTES }))).rejects.toThrow(LayerError);
});

test('negative sizes are refused', async () => {
  const negative = '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\0';

  await expect(readAll(archive(header({ name: 'f', size: negative })))).rejects.toThrow('declares a negative size');
  await expect(readAll(archive(header({ name: 'f', type: 'x', size: negative })))).rejects.toThrow('a negative size');
  await expect(readAll(archive(pax({ size: '-512' }), member('f')))).rejects.toThrow('declares a negative size');
});

test('numbers that JavaScript cannot count are refused', async () => {
  const huge = '\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff';

  await expect(readAll(archive(header({ name: 'f', size: huge })))).rejects.toThrow('is too large');
  await expect(readAll(archive(pax({ size: '99999999999999999999' }), member('f')))).rejects.toThrow('not a number');
});

test('names beyond the limit are refused', async () => {
  const long = 'n'.repeat(5000);
  const attack = archive(Buffer.concat([header({ name: 'L', type: 'L', size: 5000 }), padded(long)]), member('f'));

  await expect(readAll(attack)).rejects.toThrow('a name has 5000 bytes, at most 4096 are allowed');
  expect(await readAll(attack, { maxPathBytes: 5000 })).toHaveLength(1);
});
