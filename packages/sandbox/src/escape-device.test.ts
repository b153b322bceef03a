import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeEscape } from '../test/escape.ts';

describeEscape('device nodes', {
  'a node of a disk or of memory is dead wherever it is made': async (sandbox) => {
    const cache = join(sandbox.folder, 'cache');
    await mkdir(cache);
    const { stdout } = await sandbox.run(
      'for d in / /dev /dev/shm /tmp /cache /t; do mknod $d/mem c 1 1 && mknod $d/disk b 254 0; ' +
        'for n in mem disk; do head -c 1 $d/$n > /dev/null 2>&1 && echo "read $d/$n"; done; done; echo end',
      {
        mounts: [
          { kind: 'bind', target: '/cache', source: cache, writable: true, persistent: true },
          { kind: 'tmpfs', target: '/t' },
        ],
      },
    );
    expect(stdout).toBe('end\n');
  },
  'a node that an image brings is dead': async (sandbox) => {
    const layer = await sandbox.layer('mknod mem c 1 1; mknod null c 1 3');
    const { stdout } = await sandbox.run('head -c 1 /mem 2> /dev/null || echo x > /null 2> /dev/null || echo dead', {
      rootfs: [sandbox.base, layer],
    });
    expect(stdout).toBe('dead\n');
  },
  '/dev has the usual nodes and no others': async (sandbox) => {
    const { stdout } = await sandbox.run(
      'find /dev -type c -o -type b | sort; head -c 2 /dev/zero | wc -c; : > /dev/null',
    );
    expect(stdout).toBe('/dev/full\n/dev/null\n/dev/pts/ptmx\n/dev/random\n/dev/tty\n/dev/urandom\n/dev/zero\n2\n');
  },
});
