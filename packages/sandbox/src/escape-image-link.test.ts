import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeEscape } from '../test/escape.ts';

describeEscape('links in an image', {
  'a symlink in place of /dev, /proc or /sys is refused': async (sandbox) => {
    for (const name of ['dev', 'proc', 'sys']) {
      const layer = await sandbox.layer(`ln -s ${sandbox.folder} ${name}`);
      await expect(sandbox.run('true', { rootfs: [sandbox.base, layer] })).rejects.toThrow(`/${name} of the root`);
    }
  },
  '/etc/passwd of the machine is not read': async (sandbox) => {
    const passwd = join(sandbox.folder, 'passwd');
    await writeFile(passwd, 'hostuser:x:7:7::/:/bin/sh\n');
    const layer = await sandbox.layer(`mkdir etc; ln -s ${passwd} etc/passwd; mkfifo etc/group`);
    await expect(sandbox.run('true', { rootfs: [sandbox.base, layer], process: { user: 'hostuser' } })).rejects.toThrow(
      'unable to find user hostuser',
    );
  },
  'a working directory and /etc/hosts behind links stay inside': async (sandbox) => {
    const outside = join(sandbox.folder, 'made');
    const layer = await sandbox.layer(`ln -s ${outside} work; ln -s ${outside} etc`);
    const { stdout } = await sandbox.run('pwd', {
      rootfs: [sandbox.base, layer],
      process: { cwd: '/work/x' },
    });
    expect(stdout).toBe(`${outside}/x\n`);
    expect(existsSync(outside)).toBe(false);
  },
  'a program is looked up inside': async (sandbox) => {
    const layer = await sandbox.layer(`ln -s ${process.execPath} tool`);
    const { exitCode } = await sandbox.run(['/tool'], { rootfs: [sandbox.base, layer] });
    expect(exitCode).toBe(127);
  },
});
