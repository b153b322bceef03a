import { closeSync, openSync } from 'node:fs';
import { expect } from 'vitest';
import { describeEscape } from '../test/escape.ts';

describeEscape('an open descriptor', {
  'none but the three is there, whatever the build has open': async (sandbox) => {
    const fd = openSync('/', 'r');
    const { stdout } = await sandbox.run('ls /proc/1/fd; readlink /proc/self/fd/0');
    closeSync(fd);
    expect(stdout).toBe('0\n1\n2\n/dev/null\n');
  },
  'the current folder has no parent outside': async (sandbox) => {
    const { stdout } = await sandbox.run(
      'cd ..; cd ../../../..; pwd; ls -d base.tar home opt 2> /dev/null; ls /proc/self/cwd/ | head -1',
    );
    expect(stdout).toBe('/\nbin\n');
  },
});
