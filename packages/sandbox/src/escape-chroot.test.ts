import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeEscape } from '../test/escape.ts';
import { hostArchitecture, launcherExecutable } from './launch/launcher.ts';
import { encodeProgram, syscall } from './launch/program.ts';

describeEscape('a second chroot', {
  'climbing out of it ends at the same root': async (sandbox) => {
    const architecture = hostArchitecture();
    if (architecture === undefined) return;
    const climb = [syscall('chroot', 'sub'), syscall('chdir', '../../../../../../..'), syscall('chroot', '.')];
    const layer = await sandbox.layer('mkdir sub climb', (folder) => {
      writeFileSync(join(folder, 'climb/ls'), launcherExecutable(architecture));
      chmodSync(join(folder, 'climb/ls'), 0o755);
      writeFileSync(join(folder, 'program'), encodeProgram(architecture, climb, '/bin/ls'));
    });
    const { stdout, stderr, exitCode } = await sandbox.run('/climb/ls / 3< /program 4> /report', {
      rootfs: [sandbox.base, layer],
    });
    expect({ exitCode, stderr, stdout }).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: 'bin\nclimb\ndev\netc\nproc\nprogram\nreport\nroot\nsub\nsys\ntmp\nusr\nvar\n',
    });
  },
});
