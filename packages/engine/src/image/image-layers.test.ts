import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';

test('layers tell what is in them and what later ones hide', async () => {
  const root = await mkdtemp(join(tmpdir(), 'image-layers-'));
  try {
    await using builder = await createBuilder({ root });
    const { image } = await builder.build({
      context: { files: { Dockerfile: 'FROM scratch\nCOPY a b /\nCOPY b /a\n', a: 'first', b: 'second!' } },
      tags: ['layers:1'],
    });

    for (const { layers } of [image, await builder.image('layers:1')]) {
      const shown = (await layers()).map(({ size, hidden, entryCount, entries }) => ({
        size,
        hidden,
        entryCount,
        paths: [...entries()].map(({ path }) => path),
      }));
      expect(shown).toEqual([
        { size: 12, hidden: 5, entryCount: 2, paths: ['a', 'b'] },
        { size: 7, hidden: 0, entryCount: 1, paths: ['a'] },
      ]);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
