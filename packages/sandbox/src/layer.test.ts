import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestHex } from '@tsbuild/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';
import { getXattr, setXattr } from './linux/libc.ts';

describe.skipIf(needsRoot !== '')(`the layer that a command writes${needsRoot}`, () => {
  let sandbox: SandboxFixture;
  beforeAll(async () => {
    sandbox = await SandboxFixture.create();
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
  });

  const CASES: readonly (readonly [name: string, before: string, command: string, entries: readonly string[]])[] = [
    ['is empty when nothing was written', 'true', 'true', []],
    ['has new files and their folders', 'true', 'mkdir -p /a/b && touch /a/b/c', ['a/', 'a/b/', 'a/b/c']],
    ['has the parents of a change', 'true', 'echo x >> /etc/passwd', ['etc/', 'etc/passwd']],
    ['is empty for what was made and deleted', 'true', 'echo x > /f && rm /f && mkdir /etc/d && rmdir /etc/d', []],
    ['hides a deleted file', 'true', 'rm /etc/group', ['etc/', 'etc/.wh.group']],
    ['hides a deleted folder once', 'true', 'rm -rf /usr', ['.wh.usr']],
    [
      'makes a folder made again opaque',
      'mkdir /d && touch /d/a',
      'rm -rf /d && mkdir /d && touch /d/b',
      ['d/', 'd/.wh..wh..opq', 'd/b'],
    ],
    ['replaces a folder by a file', 'mkdir /d && touch /d/a', 'rm -rf /d && echo f > /d', ['d']],
    ['replaces a file by a folder', 'echo f > /d', 'rm /d && mkdir /d && touch /d/a', ['d/', 'd/a']],
    ['replaces a folder by a symlink', 'mkdir /d /e', 'rm -rf /d && ln -s e /d', ['d']],
    [
      'replaces a symlink by a folder',
      'mkdir /e && touch /e/b && ln -s e /d',
      'rm /d && mkdir /d && touch /d/a',
      ['d/', 'd/a'],
    ],
    [
      'has a file whose mode alone changed',
      'echo x > /f && mkdir /d && touch /d/in',
      'chmod 600 /f && chmod 700 /d',
      ['d/', 'f'],
    ],
    [
      'has a file whose owner alone changed',
      'echo x > /f && ln -s f /l',
      'chown 5:6 /f && chown -h 7:8 /l',
      ['f', 'l'],
    ],
    ['has a file whose time alone changed', 'echo x > /f', 'touch -d 2001-01-01 /f', ['f']],
    ['has a file written again', 'echo x > /f; sleep 1.1', 'echo x > /f', ['f']],
    ['lacks a file given the owner it had', 'echo x > /f && chown 5:6 /f', 'chown 5:6 /f', []],
    ['has a renamed file under both names', 'echo x > /a', 'mv /a /b', ['.wh.a', 'b']],
    [
      'has a renamed folder with all that is in it',
      'mkdir -p /a/s && echo x > /a/s/f && ln -s s /a/l',
      'mv /a /b',
      ['.wh.a', 'b/', 'b/l', 'b/s/', 'b/s/f'],
    ],
    [
      'keeps names of one file linked',
      'true',
      'mkdir /d && echo x > /d/a && ln /d/a /d/b && ln /d/a /c',
      ['c', 'd/', 'd/a', 'd/b'],
    ],
    ['copies a file that is linked to one below', 'echo x > /a', 'ln /a /b', ['b']],
    ['breaks a link of the layer below when one name is written', 'echo x > /a && ln /a /b', 'echo y >> /a', ['a']],
    [
      'leaves out sockets',
      'true',
      'nc -l -U /s & sleep 0.3; kill $!; mkfifo /p; mknod /c c 1 3; mknod /b b 7 9',
      ['b', 'c', 'p'],
    ],
    ['does not note a change of the root folder', 'true', 'chmod 711 / && chown 3:4 /', []],
    [
      'has odd names in the order of code units',
      'true',
      "mkdir /d && cd /d && touch 'a b' 'b\\s' ü ./-x '*' 'Z'",
      ['d/', 'd/*', 'd/-x', 'd/Z', 'd/a b', 'd/b\\s', 'd/ü'],
    ],
    [
      'has unreadable files',
      'true',
      'echo s > /s && chmod 0 /s && mkdir /d && echo in > /d/f && chmod 0 /d',
      ['d/', 'd/f', 's'],
    ],
  ];

  test.each(CASES)('%s', async (_, before, command, entries) => {
    const outcome = await sandbox.runAll(before, command);
    expect(outcome.entries).toEqual(entries);
  });

  test('says what a command saw, read back from the tar alone', async () => {
    const commands = [
      'mkdir -p /a/s /gone && echo x > /a/f && ln /a/f /a/g && ln -s f /a/l && chmod 4711 /a/f && touch /gone/x',
      'rm -rf /gone && mkdir -m 700 /gone && chown 70000:3000000000 /a/s && rm /a/g && mkfifo -m 640 /a/p && mknod /a/n c 4 300',
    ];
    const { rootfs } = await sandbox.runAll(...commands);
    const show = 'find /a /gone -exec stat -c "%n %F %a %u %g %s %h %t %T %Y" {} + | sort; readlink /a/l';
    const { stdout: live } = await sandbox.run(show, { rootfs });
    await using other = await SandboxFixture.create();
    const { stdout: unpacked } = await other.run(show, { rootfs });
    expect(unpacked).toBe(live);
    expect(live).toContain('/a/s directory 755 70000 3000000000');
  });

  test('keeps file capabilities and attributes of the user', async () => {
    const layer = await sandbox.layer('cp /bin/busybox tool; setcap cap_net_raw=ep tool', (folder) =>
      setXattr(join(folder, 'tool'), 'user.note', Buffer.from('hello')),
    );
    const rootfs = [sandbox.base, layer];
    const { written } = await sandbox.run('mv /tool /moved', { rootfs });
    if (written === undefined) throw new Error('no layer');
    await using other = await SandboxFixture.create();
    await other.run('true', { rootfs: [...rootfs, written] });
    const [root = ''] = await readdir(join(other.folder, 'snapshots'));
    const file = join(other.folder, 'snapshots', root, digestHex(written.diffId), 'moved');
    expect(getXattr(file, 'user.note')?.toString()).toBe('hello');
    expect(getXattr(file, 'security.capability')?.toString('hex')).toBe('0100000200200000000000000000000000000000');
  });

  test('holds times in whole seconds, as the root of the next command does', async () => {
    const { rootfs } = await sandbox.runAll('touch /f');
    const { stdout } = await sandbox.run('stat -c %y /f', { rootfs });
    expect(stdout).toMatch(/\.000000000 /);
  });

  test('has a content identity in which the time of the run does not count, but a time that was set does', async () => {
    const once = await sandbox.run('mkdir /d; echo x > /d/f');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const again = await sandbox.run('mkdir /d; echo x > /d/f');
    const dated = await sandbox.run('mkdir /d; echo x > /d/f; touch -d 2001-01-01 /d/f');
    expect(again.layer?.contentId).toBe(once.layer?.contentId);
    expect(again.layer?.diffId).not.toBe(once.layer?.diffId);
    expect(dated.layer?.contentId).not.toBe(once.layer?.contentId);
  });

  test('has the folders of the sandbox in a root without them, and nothing else of it', async () => {
    const busybox = await sandbox.layer('mkdir bin; cp /bin/busybox bin/');
    const { entries } = await sandbox.run(['busybox', 'true'], { rootfs: [busybox] });
    expect(entries).toEqual(['dev/', 'proc/', 'sys/']);
  });

  test('leaves nothing in the scratch folder', async () => {
    await using fixture = await SandboxFixture.create();
    await fixture.run('echo x > /f');
    await fixture.executor[Symbol.asyncDispose]();
    expect(await readdir(join(fixture.folder, 'scratch'))).toEqual([]);
    expect((await lstat(join(fixture.folder, 'snapshots'))).mode & 0o777).toBe(0o700);
  });
});
