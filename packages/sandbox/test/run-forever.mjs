import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createSandbox } from '@tsbuild/sandbox';

/** Runs a command that does not end, as a user, until this process is killed. Plain JavaScript: it runs on its own. */
const [, , folder, diffId, command, resources, runner = 'builtin'] = process.argv;
const sandbox = await createSandbox({ snapshots: join(folder, 'snapshots'), scratch: join(folder, 'killed'), runner });
await sandbox.run({
  rootfs: [{ diffId, read: (reader) => reader(createReadStream(join(folder, 'base.tar')), false) }],
  process: {
    args: ['/bin/sh', '-c', command],
    env: { PATH: '/bin' },
    cwd: '/',
    user: 'app',
    network: 'host',
    ...(resources === undefined ? {} : { resources: JSON.parse(resources) }),
  },
  mounts: [],
  createIngest: () => Promise.reject(new Error('it does not end')),
});
