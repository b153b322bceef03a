import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuilder } from '@tsbuild/engine';
import { expect, test } from 'vitest';
import { filesAsJson, filesAsText } from './inspect-files.ts';

test('files of an image are listed layer by layer, for people and for programs', async () => {
  const root = await mkdtemp(join(tmpdir(), 'inspect-files-'));
  try {
    await using builder = await createBuilder({ root });
    const files = {
      Dockerfile: 'FROM scratch\nCOPY a /\nCOPY b /a\nCOPY d /\n',
      a: '1',
      b: '22',
      'd/l': { symlink: 'a' },
    };
    const { image } = await builder.build({ context: { files } });
    const [first, second, third] = image.config.rootfs.diff_ids;

    expect(await filesAsText('app', image)).toBe(`app ${image.id}

LAYER   DIFF ID                                                                   ENTRIES   SIZE   HIDDEN
1       ${first}   1         1B     1B
2       ${second}   1         2B     0B
3       ${third}   1         0B     0B

layer 1
MODE   OWNER               SIZE  PATH
-0644  0:0                    1  /a

layer 2
MODE   OWNER               SIZE  PATH
-0644  0:0                    2  /a

layer 3
MODE   OWNER               SIZE  PATH
l0777  0:0                    0  /l -> a
`);
    expect(await filesAsJson(image)).toMatchObject({
      Id: image.id,
      Layers: [
        { DiffId: first, Size: 1, Hidden: 1, Entries: 1, Files: [{ Path: '/a', Type: 'file', Mode: '0644', Size: 1 }] },
        { DiffId: second, Hidden: 0 },
        { DiffId: third, Files: [{ Path: '/l', Type: 'symlink', LinkTarget: 'a' }] },
      ],
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
