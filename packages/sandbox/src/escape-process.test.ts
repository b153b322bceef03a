import { join } from 'node:path';
import { expect } from 'vitest';
import { describeEscape } from '../test/escape.ts';
import { compileTracer } from '../test/tracer.ts';

describeEscape('other processes', {
  'none of the machine can be seen or signalled': async (sandbox) => {
    const { stdout } = await sandbox.run(
      `ls /proc | grep -c '^[0-9][0-9]'; kill -0 ${process.pid} 2> /dev/null || echo none; cat /proc/${process.pid}/environ 2> /dev/null; ls /proc/1/root/ | head -1`,
    );
    expect(stdout).toBe('0\nnone\nbin\n');
  },
  'their shared memory and host name cannot be reached': async (sandbox) => {
    const { stdout } = await sandbox.run('ipcs -m | grep -c 0x; hostname changed 2> /dev/null; hostname');
    expect(stdout).toBe('0\nbuildkitsandbox\n');
  },
  'none outside can be traced or read': async (sandbox) => {
    const layer = await sandbox.layer('', (folder) => compileTracer(join(folder, 'trace')));
    const { stdout } = await sandbox.run(['/trace', String(process.pid)], { rootfs: [sandbox.base, layer] });
    expect(stdout).toBe('0 traced, 0 read, 0 opened\n');
  },
});
