import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { digestHex, digestOf, type LayerContents, type RootfsLayer, toDiffId } from '@tsbuild/core';
import { indexEntries } from '@tsbuild/layer';
import { describe, expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';

describe.skipIf(needsRoot !== '')(`snapshots${needsRoot}`, () => {
  test('parents that a layer does not list keep what the layers below say of them', async () => {
    await using sandbox = await SandboxFixture.create();
    const below = await sandbox.layer('mkdir -m 700 d; chown 5:6 d; mkdir -m 1777 d/e');
    const above = await sandbox.layer('mkdir -p d/e new; touch d/e/f new/g', undefined, ['d/e/f', 'new/g']);
    const { stdout } = await sandbox.run('stat -c "%a %u %g" /d /d/e /new; ls /d/e', {
      rootfs: [sandbox.base, below, above],
    });
    expect(stdout).toBe('700 5 6\n1777 0 0\n755 0 0\nf\n');
    const alone = await sandbox.run('stat -c "%a %u %g" /d', { rootfs: [sandbox.base, above] });
    expect(alone.stdout).toBe('755 0 0\n');
  });

  test('whiteouts and opaque folders hide what is below and nothing else', async () => {
    await using sandbox = await SandboxFixture.create();
    const below = await sandbox.layer('mkdir -p a/x b c; touch a/1 a/x/2 b/3 c/4 f');
    const above = await sandbox.layer(
      'mkdir -p a b; touch a/.wh..wh..opq a/new .wh.b b/kept .wh.f .wh.nothing; mkdir c; touch c/.wh.4 c/5',
    );
    const { stdout } = await sandbox.run('find /a /b /c /f 2> /dev/null | sort', {
      rootfs: [sandbox.base, below, above],
    });
    expect(stdout).toBe('/a\n/a/new\n/b\n/b/kept\n/c\n/c/5\n');
  });

  test('a folder that becomes a file or a link, and the reverse, takes what was in it along', async () => {
    await using sandbox = await SandboxFixture.create();
    const first = await sandbox.layer('mkdir d e; touch d/x e/x f g; ln -s e l');
    const second = await sandbox.layer('mkdir f l; touch d f/in l/in; ln -s f e');
    const third = await sandbox.layer('mkdir d; touch d/y f; ln -s d g');
    const { stdout } = await sandbox.run('find /d /e /f /g /l | sort; stat -c %F /d /e /f /g /l; ls /g/', {
      rootfs: [sandbox.base, first, second, third],
    });
    expect(stdout.split('\n')).toEqual([
      ...['/d', '/d/y', '/e', '/f', '/g', '/l', '/l/in'],
      ...['directory', 'symbolic link', 'regular empty file', 'symbolic link', 'directory'],
      'y',
      '',
    ]);
  });

  test('what lies in a folder that hands on its group has the owner and mode that the layer says', async () => {
    await using sandbox = await SandboxFixture.create();
    const layer = await sandbox.layer(
      'mkdir s s/d; mkfifo s/p; ln -s x s/l; touch s/f s/x; chown 1:2 s/x; chmod 4711 s/x; chmod 640 s/f; chgrp 8 s; chmod 2775 s',
    );
    const { stdout } = await sandbox.run('stat -c "%n %a %u %g" /s /s/*', { rootfs: [sandbox.base, layer] });
    expect(stdout).toBe('/s 2775 0 8\n/s/d 755 0 0\n/s/f 640 0 0\n/s/l 777 0 0\n/s/p 644 0 0\n/s/x 4711 1 2\n');
  });

  test('what comes twice is what came last', async () => {
    await using sandbox = await SandboxFixture.create();
    const layer = await sandbox.duplicates(
      'mkdir d e; touch e/lost f l h1; chown 5:6 d f; chmod 700 d f; ln h1 h2',
      'mkdir d f; touch e f/in h2; chmod 755 d; ln -s /d l',
    );
    const { stdout } = await sandbox.run('stat -c "%n %F %a %u %g" /d /e /f /f/in /l /h2', {
      rootfs: [sandbox.base, layer],
    });
    expect(stdout.split('\n')).toEqual([
      '/d directory 755 0 0',
      '/e regular empty file 644 0 0',
      '/f directory 755 0 0',
      '/f/in regular empty file 644 0 0',
      '/l symbolic link 777 0 0',
      '/h2 regular empty file 644 0 0',
      '',
    ]);
  });

  test('a root that was prepared is not read again', async () => {
    await using sandbox = await SandboxFixture.create();
    let count = 0;
    const read: RootfsLayer['read'] = (reader) => {
      count += 1;
      return sandbox.base.read(reader);
    };
    const rootfs = [{ diffId: sandbox.base.diffId, read }];
    await sandbox.executor.prepare(rootfs);
    expect(count).toBe(1);
    const { stdout } = await sandbox.run('echo ran', { rootfs });
    expect({ stdout, count }).toEqual({ stdout: 'ran\n', count: 1 });
  });

  test('an opaque root hides every layer below', async () => {
    await using sandbox = await SandboxFixture.create();
    const below = await sandbox.layer('touch below');
    const above = await sandbox.layer('mkdir bin; cp /bin/busybox bin/; touch .wh..wh..opq');
    const { stdout } = await sandbox.run(['busybox', 'ls', '/'], { rootfs: [sandbox.base, below, above] });
    expect(stdout).toBe('bin\ndev\netc\nproc\nsys\n'); // /etc holds the sandbox's hosts
  });

  test('an archive cannot speak to the overlay', async () => {
    await using sandbox = await SandboxFixture.create();
    const { setXattr } = await import('./linux/libc.ts');
    const evil = await sandbox.layer('mkdir etc; touch etc/x', (folder) => {
      setXattr(join(folder, 'etc'), 'trusted.overlay.opaque', Buffer.from('y'));
      setXattr(join(folder, 'etc'), 'trusted.overlay.redirect', Buffer.from('/bin'));
    });
    const { stdout } = await sandbox.run('ls /etc', { rootfs: [sandbox.base, evil] });
    expect(stdout).toBe('group\nhosts\npasswd\nresolv.conf\nx\n');
  });

  test('the folder that a command wrote becomes the snapshot of its layer', async () => {
    await using sandbox = await SandboxFixture.create();
    const { written } = await sandbox.run('echo x > /f');
    if (written === undefined) throw new Error('no layer');
    const [root = ''] = await readdir(join(sandbox.folder, 'snapshots'));
    const snapshot = join(sandbox.folder, 'snapshots', root, digestHex(written.diffId));
    expect(await readFile(join(snapshot, 'f'), 'utf8')).toBe('x\n');
    const unread = { ...written, read: () => Promise.reject(new Error('it was unpacked')) };
    expect((await sandbox.run('cat /f', { rootfs: [sandbox.base, unread] })).stdout).toBe('x\n');
  });

  test('who unpacks a layer tells what it holds, where that is asked for', async () => {
    await using sandbox = await SandboxFixture.create();
    const layer = await sandbox.layer('mkdir -p d/e; echo hello > d/f; ln d/f d/g; ln -s f d/l; touch d/.wh.x');
    const told: (LayerContents | undefined)[] = [];
    const read = (tellsContents: boolean): RootfsLayer['read'] => {
      return (reader) =>
        layer.read(async (tar) => {
          told.push(await reader(tar, tellsContents));
          return undefined;
        });
    };
    await sandbox.run('true', { rootfs: [sandbox.base, { ...layer, read: read(true) }] });
    await sandbox.run('true', { rootfs: [{ diffId: toDiffId(digestOf('x')), read: read(false) }, sandbox.base] });
    await layer.read(async (tar) => {
      told.push(await indexEntries(tar));
      return undefined;
    });
    expect(told).toEqual([told[2], undefined, expect.objectContaining({ index: expect.any(Uint8Array) })]);
  });

  test('a name that layers reserve is lost, as in the layer', async () => {
    await using sandbox = await SandboxFixture.create();
    const { rootfs } = await sandbox.runAll('mkdir /d && echo 1 > /d/.wh.foo && echo 2 > /d/foo');
    expect((await sandbox.run('ls -A /d', { rootfs })).stdout).toBe('foo\n');
  });

  test('their time is that of their last use, and one that was collected is made again', async () => {
    await using sandbox = await SandboxFixture.create();
    await sandbox.run('true');
    const [root = ''] = await readdir(join(sandbox.folder, 'snapshots'));
    const snapshot = join(sandbox.folder, 'snapshots', root, digestHex(sandbox.base.diffId));
    await utimes(snapshot, 1, 1);
    const before = Date.now() - 1000;
    await sandbox.run('true');
    expect((await stat(snapshot)).mtimeMs).toBeGreaterThan(before);
    await rm(snapshot, { recursive: true });
    expect((await sandbox.run('ls / | head -1')).stdout).toBe('bin\n');
  });

  test('those of another boot of the machine are removed', async () => {
    await using sandbox = await SandboxFixture.create();
    const snapshots = join(sandbox.folder, 'snapshots');
    await mkdir(join(snapshots, 'root.0000dead/abc'), { recursive: true });
    await mkdir(join(snapshots, 'userns-single.0000dead'));
    await using _ = await SandboxFixture.create({ snapshots });
    expect(await readdir(snapshots)).toEqual([expect.stringMatching(/^root\.[0-9a-f]{8}$/), 'userns-single.0000dead']);
  });
});
