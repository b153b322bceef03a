import { expect, test } from 'vitest';
import { treeOf } from '../../test/recorded-layer.ts';
import { resolveOwner } from './owner.ts';

const PASSWD =
  'root:x:0:0:root:/root:/bin/sh\nbin:x:2:2:bin:/bin:/bin/false\napp:x:1234:777:app:/:/bin/sh\napp:x:9:9::/:\n';
const GROUP = 'root:x:0:\ndaemon:x:1:\ngrp:x:888:app\n';
const image = treeOf({ 'etc/passwd': PASSWD, 'etc/group': GROUP });

test.each([
  ['12', 12, 12],
  ['12:34', 12, 34],
  ['1234', 1234, 1234],
  [':5', 0, 5],
  ['5:', 5, 0],
  ['root', 0, 0],
  ['root:root', 0, 0],
  ['bin', 2, 2],
  ['app', 1234, 777],
  ['app:grp', 1234, 888],
  ['app:5', 1234, 5],
  ['7:daemon', 7, 1],
  ['ghost', 0, 0],
  ['ghost:daemon', 0, 1],
  ['5:ghosts', 5, 5],
  ['app:ghosts', 1234, 777],
  ['2147483647', 2147483647, 2147483647],
])('%s is %d:%d', async (text, uid, gid) => {
  expect(await resolveOwner(text, image)).toEqual({ uid, gid });
});

test('without its files an image knows nobody', async () => {
  expect(await resolveOwner('bin:daemon', treeOf({ 'bin/sh': '' }))).toEqual({ uid: 0, gid: 0 });
});

test('the files may be symlinks, within the image', async () => {
  const linked = treeOf({ 'etc/passwd': { symlink: '../../../run/passwd' }, 'run/passwd': PASSWD });
  expect(await resolveOwner('app', linked)).toEqual({ uid: 1234, gid: 777 });
});

test('fields that are no numbers count as 0', async () => {
  expect(await resolveOwner('odd', treeOf({ 'etc/passwd': 'odd:x:one:' }))).toEqual({ uid: 0, gid: 0 });
});

test('where there is no image, numbers work and names do not', async () => {
  expect(await resolveOwner('5:6', undefined)).toEqual({ uid: 5, gid: 6 });
  expect(await resolveOwner('root', undefined)).toEqual({ uid: 0, gid: 0 });
  await expect(resolveOwner('bin', undefined)).rejects.toMatchObject({
    code: 'ERR_TSBUILD_COPY',
    message: 'cannot look up user or group "bin": there is no image to look in',
  });
});

test.each(['-1', '5:4294967295', '99999999999'])('%s is refused', async (text) => {
  await expect(resolveOwner(text, image)).rejects.toMatchObject({ code: 'ERR_TSBUILD_COPY' });
});

test('a database that is no file is an error', async () => {
  await expect(resolveOwner('app', treeOf({ 'etc/passwd/': {} }))).rejects.toThrow(
    '"/etc/passwd" is not a regular file',
  );
});
