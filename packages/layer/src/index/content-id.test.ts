import { expect, test } from 'vitest';
import { directory, file, hardlink, symlink, whiteout, writeLayer } from '../../test/entries.ts';
import { contentIdOf } from './content-id-of.ts';

async function idOf(
  items: Parameters<typeof writeLayer>[0],
  options?: Parameters<typeof writeLayer>[1],
): Promise<string> {
  return (await writeLayer(items, options)).layer.contentId;
}

const BASE = [directory('d'), file('d/a', 'x')];

test('the identity of a layer is a fixed function of its entries', async () => {
  expect(await idOf([])).toBe('sha256:aaa94abdd8b080393f29a25156d8ed3e5b8fb443a69222b677f436df199dd0c7');
  expect(await idOf(BASE)).toBe('sha256:abd36be868eba985345313697ccb025e3a720af4173b9b015a79f5ba4a7ec612');
});

test('the times of copied files do not enter', async () => {
  expect(await idOf([directory('d', { mtime: 5 }), file('d/a', 'x', { mtime: 6 })])).toBe(await idOf(BASE));
});

test('everything else does', async () => {
  const variants = await Promise.all(
    [
      BASE,
      [directory('d', { mode: 0o700 }), file('d/a', 'x')],
      [directory('d', { opaque: true }), file('d/a', 'x')],
      [directory('d'), file('d/a', 'y')],
      [directory('d'), file('d/b', 'x')],
      [directory('d'), file('d/a', 'x', { mode: 0o4644 })],
      [directory('d'), file('d/a', 'x', { uid: 1 })],
      [directory('d'), file('d/a', 'x', { gid: 1 })],
      [directory('d'), file('d/a', 'x', { xattrs: { 'user.a': Buffer.from('1') } })],
      [directory('d'), file('d/a', 'x', { xattrs: { 'user.a': Buffer.from('2') } })],
      [directory('d'), symlink('d/a', 'x')],
      [directory('d'), symlink('d/a', 'y')],
      [directory('d'), file('d/a', 'x'), file('d/b', 'x')],
      [directory('d'), file('d/a', 'x'), hardlink('d/b', 'd/a')],
      [directory('d'), file('d/a', 'x'), whiteout('d/b')],
      [
        directory('d'),
        {
          path: 'd/a',
          type: 'char' as const,
          mode: 0,
          uid: 0,
          gid: 0,
          size: 0,
          mtime: 0,
          device: { major: 1, minor: 3 },
        },
      ],
      [
        directory('d'),
        {
          path: 'd/a',
          type: 'char' as const,
          mode: 0,
          uid: 0,
          gid: 0,
          size: 0,
          mtime: 0,
          device: { major: 1, minor: 5 },
        },
      ],
      [file('d/a', 'x')],
    ].map((items) => idOf(items)),
  );

  expect(new Set(variants).size).toBe(variants.length);
});

test('the order of the tar does not', async () => {
  expect(await idOf([file('b', '2'), file('a', '1')])).toBe(await idOf([file('a', '1'), file('b', '2')]));
  const oneWay = [file('z', 'same'), hardlink('a', 'z')];
  const otherWay = [file('a', 'same'), hardlink('z', 'a')];
  expect(await idOf(oneWay)).toBe(await idOf(otherWay));
});

test('in the layer of a RUN a time counts unless it falls inside the step', async () => {
  const at = (mtime: number, from = 100, to = 200.5): Promise<string> =>
    idOf([file('a', 'x', { mtime })], { timesCount: true, stepWindow: { from, to } });

  expect(await at(150)).toBe(await at(180));
  expect(await at(100.2, 100.7)).toBe(await at(150));
  expect(await at(200.4)).toBe(await at(150));
  expect(await at(99)).not.toBe(await at(150));
  expect(await at(99)).not.toBe(await at(98));
  expect(await at(201)).not.toBe(await at(150));
});

test('the same entries give the same identity without a tar', async () => {
  const { layer } = await writeLayer(BASE);
  const entry = BASE[1];
  const digest = 'sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
  if (entry === undefined || !('entry' in entry)) throw new Error('no file');

  expect(contentIdOf([directory('d'), { ...entry.entry, digest: digest as typeof layer.contentId }])).toBe(
    layer.contentId,
  );
});
