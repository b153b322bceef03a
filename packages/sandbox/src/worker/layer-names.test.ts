import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LayerNames } from './layer-names.ts';

test('layers keep their names, and each is named once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'layer-names-'));
  const names = new LayerNames(join(folder, 'names'), 'trusted');

  expect(names.visible(['/usr', '/etc'])).toEqual(['0', '1']);
  expect(names.visible(['/etc', '/usr', '/tmp'])).toEqual(['1', '0', '2']);
  expect(await readdir(names.folder)).toEqual(['0', '1', '2']);
  expect(await readlink(join(names.folder, '1'))).toBe('/etc');
  await rm(folder, { recursive: true });
});
