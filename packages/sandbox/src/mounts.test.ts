import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecMount } from '@tsbuild/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';

describe.skipIf(needsRoot !== '')(`mounts of a command${needsRoot}`, () => {
  let sandbox: SandboxFixture;
  let host: string;
  beforeAll(async () => {
    sandbox = await SandboxFixture.create();
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
  });

  async function hostFolder(): Promise<string> {
    host = await mkdtemp(join(sandbox.folder, 'host-'));
    await writeFile(join(host, 'f'), 'F\n');
    return host;
  }
  const bind = (source: string, options: Partial<Extract<ExecMount, { kind: 'bind' }>> = {}): ExecMount => ({
    kind: 'bind',
    target: '/m',
    source,
    writable: false,
    persistent: false,
    ...options,
  });
  const secret = (options: Partial<Extract<ExecMount, { kind: 'secret' }>> = {}): ExecMount => ({
    kind: 'secret',
    target: '/run/secrets/tok',
    data: Buffer.from('s3cret'),
    mode: 0o400,
    uid: 0,
    gid: 0,
    ...options,
  });

  test('a bind is read-only and leaves no trace', async () => {
    const { stdout, entries } = await sandbox.run('cat /m/f; touch /m/x 2> /dev/null; echo $?', {
      mounts: [bind(await hostFolder())],
    });
    expect({ stdout, entries }).toEqual({ stdout: 'F\n1\n', entries: [] });
  });

  test('writes to a writable bind vanish', async () => {
    const mounts = [bind(await hostFolder(), { writable: true })];
    const { stdout } = await sandbox.run('echo new > /m/x; rm /m/f; ls /m', { mounts });
    expect(stdout).toBe('x\n');
    expect(await readdir(host)).toEqual(['f']);
  });

  test('writes to a persistent bind stay', async () => {
    const mounts = [bind(await hostFolder(), { writable: true, persistent: true })];
    await sandbox.run('echo new > /m/x', { mounts });
    expect(await readFile(join(host, 'x'), 'utf8')).toBe('new\n');
    const { stdout } = await sandbox.run('echo $(touch /m/y 2>&1)', { mounts: [bind(host, { persistent: true })] });
    expect(stdout).toBe('touch: /m/y: Read-only file system\n');
  });

  test('a fresh folder gets its owner when it is first mounted, and only then', async () => {
    const [source, folder] = [join(await hostFolder(), 'files'), join(host, 'fresh')];
    await mkdir(folder, { mode: 0o750 });
    const mounts = [bind(source, { writable: true, persistent: true, fresh: { folder, uid: 12, gid: 34 } })];
    const look = 'stat -c "%a %u %g" /m; chown 5:6 /m';
    expect((await sandbox.run(look, { mounts })).stdout).toBe('750 12 34\n');
    expect((await sandbox.run(look, { mounts })).stdout).toBe('750 5 6\n');
    expect(await readdir(host)).toEqual(['f', 'files']);
  });

  test('a single file can be bound, also for writing', async () => {
    const source = join(await hostFolder(), 'f');
    const mounts = [bind(source, { target: '/in/deep/file' }), bind(source, { target: '/w', writable: true })];
    const { stdout, entries } = await sandbox.run('cat /in/deep/file; echo x >> /w; cat /w', { mounts });
    expect({ stdout, entries }).toEqual({ stdout: 'F\nF\nx\n', entries: [] });
    expect(await readFile(source, 'utf8')).toBe('F\n');
  });

  test('a path of another root keeps its owners and links', async () => {
    const { written } = await sandbox.run(
      'mkdir -p /data/x; echo hi > /data/x/f; chown 7:8 /data/x/f; ln -s /data/x /l',
    );
    if (written === undefined) throw new Error('no layer');
    const mount = {
      kind: 'rootfs',
      target: '/m',
      rootfs: [sandbox.base, written],
      path: '/l',
      writable: false,
    } as const;
    const { stdout } = await sandbox.run('stat -c "%u %g" /m/f; touch /m/x 2>/dev/null; echo $?', { mounts: [mount] });
    expect(stdout).toBe('7 8\n1\n');
    const writable = { ...mount, writable: true };
    expect((await sandbox.run('touch /m/x && ls /m', { mounts: [writable] })).stdout).toBe('f\nx\n');
    expect((await sandbox.run('ls /m', { mounts: [writable] })).stdout).toBe('f\n');
    await expect(sandbox.run('true', { mounts: [{ ...mount, path: '/nope' }] })).rejects.toThrow(
      'mount source "/nope" does not exist',
    );
  });

  test('a tmpfs is empty, hides what was there and may be limited', async () => {
    const mounts: ExecMount[] = [{ kind: 'tmpfs', target: '/root', sizeBytes: 1024 * 1024 }];
    const { stdout, entries } = await sandbox.run(
      'dd if=/dev/zero of=/root/f bs=1024 count=2048 2> /dev/null; stat -c %s /root/f; stat -c %a /root',
      { mounts },
    );
    expect({ stdout, entries }).toEqual({ stdout: '1048576\n1777\n', entries: [] });
  });

  test('a secret has its mode and owner and is nowhere afterwards', async () => {
    const { stdout, entries } = await sandbox.run('cat /run/secrets/tok; stat -c " %a %u %g" /run/secrets/tok', {
      mounts: [secret()],
    });
    expect({ stdout, entries }).toEqual({ stdout: 's3cret 400 0 0\n', entries: [] });
    const owned = await sandbox.run('cat /cfg/t; echo $?; cat /run/secrets/tok 2> /dev/null; echo $?', {
      mounts: [secret(), secret({ target: '/cfg/t', mode: 0o440, uid: 1200, gid: 6 })],
      process: { user: 'app' },
    });
    expect(owned.stdout).toBe('s3cret0\n1\n');
  });

  test('mount points go, what the command wrote beside them stays', async () => {
    const mounts: ExecMount[] = [secret(), { kind: 'tmpfs', target: '/p/cache' }, { kind: 'tmpfs', target: '/n/a/b' }];
    const { entries } = await sandbox.run('touch /run/secrets/x /p/mine /p/cache/y', { mounts });
    expect(entries).toEqual(['p/', 'p/mine', 'run/', 'run/secrets/', 'run/secrets/x']);
  });

  test('mount points are removed where their folder was moved to', async () => {
    const { entries } = await sandbox.run('mv /p /q', { mounts: [{ kind: 'tmpfs', target: '/p/cache' }] });
    expect(entries).toEqual(['q/']);
  });

  test('an existing mount point stays as it was', async () => {
    const { written } = await sandbox.run('mkdir /m; echo own > /m/own; echo 9.9.9.9 mine > /etc/hosts.mine');
    if (written === undefined) throw new Error('no layer');
    const options = { rootfs: [sandbox.base, written], mounts: [bind(await hostFolder())] };
    expect(await sandbox.run('ls /m', options)).toMatchObject({ stdout: 'f\n', entries: [] });
  });

  test('/etc/hosts of the image is hidden, and writing it fails', async () => {
    const layer = await sandbox.layer('mkdir etc; echo 9.9.9.9 mine > etc/hosts');
    const { stdout, entries } = await sandbox.run('grep -c mine /etc/hosts; echo x >> /etc/hosts || echo no', {
      rootfs: [sandbox.base, layer],
    });
    expect({ stdout, entries }).toEqual({ stdout: '0\nno\n', entries: [] });
  });

  test('a file of the step may be run and is below /dev too', async () => {
    const script: ExecMount = {
      kind: 'file',
      target: '/dev/pipes/EOF',
      data: Buffer.from('#!/bin/sh\necho ran\n'),
      mode: 0o755,
    };
    const { stdout, entries } = await sandbox.run(['/dev/pipes/EOF'], { mounts: [script] });
    expect({ stdout, entries }).toEqual({ stdout: 'ran\n', entries: [] });
  });

  test('nested mounts need not come in order', async () => {
    const source = join(await hostFolder(), 'f');
    const { stdout } = await sandbox.run('cat /m/in/f', {
      mounts: [bind(source, { target: '/m/in/f' }), { kind: 'tmpfs', target: '/m' }],
    });
    expect(stdout).toBe('F\n');
  });

  test('an agent answers through a socket with the owner that was asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'agent-'));
    const agent = createServer((client) => client.end('hello\n')).listen(join(folder, 's'));
    const ssh = {
      kind: 'ssh',
      target: '/run/agent',
      socket: join(folder, 's'),
      mode: 0o600,
      uid: 1200,
      gid: 0,
    } as const;
    const layer = await sandbox.layer('ln -s usr/lib lib; ln -s usr/lib64 lib64'); // for the perl of this machine
    const { stdout, entries } = await sandbox.run(
      `stat -c "%F %a %u" /run/agent; /usr/bin/perl -MIO::Socket::UNIX -e 'print IO::Socket::UNIX->new("/run/agent")->getline'`,
      { rootfs: [sandbox.base, layer], mounts: [ssh, bind('/usr', { target: '/usr' })], process: { user: 'app' } },
    );
    agent.close();
    await rm(folder, { recursive: true });
    expect({ stdout, entries }).toEqual({ stdout: 'socket 600 1200\nhello\n', entries: [] });
  });

  test.each(['/', '/proc', '/proc/self', '/sys', '/dev', '//x/..'])('%s is no target', async (target) => {
    await expect(sandbox.run('true', { mounts: [{ kind: 'tmpfs', target }] })).rejects.toThrow(
      `cannot mount on ${JSON.stringify(target)}`,
    );
  });

  test('a folder on a file is refused', async () => {
    await expect(sandbox.run('true', { mounts: [{ kind: 'tmpfs', target: '/etc/passwd' }] })).rejects.toThrow(
      'cannot mount a directory on "/etc/passwd"',
    );
  });

  test('a source that does not exist is named', async () => {
    await mkdir(join(sandbox.folder, 'x'), { recursive: true });
    await expect(sandbox.run('true', { mounts: [bind('/no/such/source')] })).rejects.toThrow(
      'cannot mount "/no/such/source"',
    );
  });
});
