import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecMount } from '@tsbuild/core';
import { expect } from 'vitest';
import { describeEscape } from '../test/escape.ts';

const secretAt = (target: string): ExecMount => ({
  kind: 'secret',
  target,
  data: Buffer.from('s3cret'),
  mode: 0o444,
  uid: 0,
  gid: 0,
});

describeEscape('the target or source of a mount', {
  'a target that is a symlink leads where it does inside the root': async (sandbox) => {
    const outside = join(sandbox.folder, 'outside');
    const layer = await sandbox.layer(
      `ln -s ${outside} absolute; ln -s ../../../../..${outside} climbing; mkdir in; ln -s in/none dangling; ln -s loop loop`,
    );
    const rootfs = [sandbox.base, layer];
    for (const target of ['/absolute/x', '/climbing/x', '/dangling/x', '/../../x']) {
      const { stdout, entries } = await sandbox.run(`cat ${target}`, { rootfs, mounts: [secretAt(target)] });
      expect({ target, stdout, entries }).toEqual({ target, stdout: 's3cret', entries: [] });
    }
    expect(existsSync(outside)).toBe(false);
    await expect(sandbox.run('true', { rootfs, mounts: [secretAt('/loop/x')] })).rejects.toThrow('too many symlinks');
  },
  'a link that an earlier step left in a cache leads inside the root': async (sandbox) => {
    const cache = join(sandbox.folder, 'cache');
    await mkdir(cache);
    await symlink(sandbox.folder, join(cache, 'out'));
    const mounts: ExecMount[] = [
      { kind: 'bind', target: '/c', source: cache, writable: true, persistent: true },
      secretAt('/c/out/stolen'),
    ];
    expect((await sandbox.run('cat /c/out/stolen', { mounts })).stdout).toBe('s3cret');
    expect(existsSync(join(sandbox.folder, 'stolen'))).toBe(false);
    expect(await readdir(cache)).toEqual(['out']);
  },
  'a source in another root does not leave that root': async (sandbox) => {
    await writeFile(join(sandbox.folder, 'outside-file'), 'host');
    const layer = await sandbox.layer(`ln -s ${sandbox.folder} out`);
    const mount = { kind: 'rootfs', target: '/m', rootfs: [sandbox.base, layer], writable: false } as const;
    await expect(sandbox.run('true', { mounts: [{ ...mount, path: '/out/outside-file' }] })).rejects.toThrow(
      'does not exist',
    );
    await expect(sandbox.run('true', { mounts: [{ ...mount, path: `/../../..${sandbox.folder}` }] })).rejects.toThrow(
      'does not exist',
    );
  },
});
