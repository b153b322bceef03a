import { expect, test } from 'vitest';
import { archive, header, member, pax } from '../../test/archive.ts';
import { readAll } from '../../test/read-all.ts';

test('absolute names and link targets are taken from the root of the tree', async () => {
  const tar = archive(
    member('/etc/passwd', 'x'),
    header({ name: '//hard', type: '1', link: '/etc/passwd' }),
    pax({ path: '///deep/er' }),
    member('short'),
    header({ name: 'soft', type: '2', link: '/etc/shadow' }),
  );

  expect((await readAll(tar)).map(({ entry }) => entry)).toMatchObject([
    { path: 'etc/passwd' },
    { path: 'hard', hardlink: 'etc/passwd' },
    { path: 'deep/er' },
    { path: 'soft', linkTarget: '/etc/shadow' },
  ]);
});
