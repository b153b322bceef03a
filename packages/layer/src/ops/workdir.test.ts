import { expect, test } from 'vitest';
import { RecordedLayer, treeOf } from '../../test/recorded-layer.ts';
import { writeWorkdir } from './workdir.ts';

const image = treeOf({
  'tmp/': { mode: 0o1777 },
  'etc/passwd': '',
  'real/': { mode: 0o700, uid: 5, gid: 6 },
  w: { symlink: '/real' },
  gone: { symlink: '/missing/deep' },
  a: { symlink: 'b' },
  b: { symlink: 'a' },
});

async function workdir(path: string, owner?: { uid: number; gid: number }): Promise<string[]> {
  const layer = new RecordedLayer();
  await writeWorkdir(layer, { destination: image, path, owner, createdTime: 7 });
  return layer.lines;
}

test.each([
  ['missing directories are made', '/x/y', ['directory 755 0:0 x', 'directory 755 0:0 x/y']],
  ['the path is cleaned', '//x//./y/../z/', ['directory 755 0:0 x', 'directory 755 0:0 x/z']],
  ['an existing one stays as it is', '/tmp', []],
  ['the root exists', '/', []],
  ['existing parents are repeated', '/tmp/x', ['directory 1777 0:0 tmp', 'directory 755 0:0 tmp/x']],
  ['a link is followed', '/w', []],
  ['below a link', '/w/sub', ['directory 700 5:6 real', 'directory 755 0:0 real/sub']],
  [
    'through a dangling link',
    '/gone/x',
    ['directory 755 0:0 missing', 'directory 755 0:0 missing/deep', 'directory 755 0:0 missing/deep/x'],
  ],
])('%s', async (_, path, expected) => {
  expect(await workdir(path)).toEqual(expected);
});

test('what is made belongs to the user', async () => {
  expect(await workdir('/tmp/x/y', { uid: 5, gid: 6 })).toEqual([
    'directory 1777 0:0 tmp',
    'directory 755 5:6 tmp/x',
    'directory 755 5:6 tmp/x/y',
  ]);
});

test.each([
  ['/etc/passwd', '"/etc/passwd" is not a directory'],
  ['/etc/passwd/x', '"/etc/passwd" is not a directory'],
  ['/a/x', 'too many symbolic links in "/a/x"'],
])('%s is an error', async (path, message) => {
  await expect(workdir(path)).rejects.toMatchObject({ code: 'ERR_TSBUILD_COPY', message });
});
