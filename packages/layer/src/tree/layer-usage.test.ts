import { expect, test } from 'vitest';
import { file, hardlink, layerTree, whiteout } from '../../test/entries.ts';
import { tempFolder } from '../../test/temp-folder.ts';
import { layerUsage } from './layer-usage.ts';

test('bytes that later layers replace or delete are told for each layer', async () => {
  await using folder = await tempFolder();
  const layers = [
    await layerTree(folder.path, '0', [file('a', 'xxxx'), hardlink('b', 'a'), file('c', 'yy'), file('d', 'z')]),
    await layerTree(folder.path, '1', [whiteout('a'), file('c', 'new')]),
    await layerTree(folder.path, '2', [whiteout('c'), hardlink('e', 'd')]),
  ];

  expect(layerUsage(layers)).toEqual([
    { size: 7, hidden: 2 },
    { size: 3, hidden: 3 },
    { size: 0, hidden: 0 },
  ]);
});
