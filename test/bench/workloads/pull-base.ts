import { join } from 'node:path';
import { writeContext } from './context-folder.ts';
import type { Workload } from './workload.ts';

export const pullBase: Workload = {
  name: 'pull-base',
  about: 'a Debian base of 165 MB in 7,300 entries is pulled and unpacked for one RUN of nothing',
  parts: ['root', 'mmdebstrap'],
  async prepare({ folder, base }) {
    await writeContext(folder, { Dockerfile: `FROM ${await base('debian-system:12')}\nRUN true\n` });
    return {
      context: folder,
      dockerfile: join(folder, 'Dockerfile'),
      buildArgs: {},
      phases: [{ name: 'cold', isCold: true, output: 'storage' }],
    };
  },
};
