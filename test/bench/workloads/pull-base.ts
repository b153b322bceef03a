import { join } from 'node:path';
import { writeContext } from './context-folder.ts';
import type { Workload } from './workload.ts';

export const pullBase: Workload = {
  name: 'pull-base',
  about: 'a Debian base is pulled and unpacked for one RUN of nothing',
  async prepare({ folder, base }) {
    await writeContext(folder, { Dockerfile: `FROM ${base('debian:12')}\nRUN true\n` });
    return {
      context: folder,
      dockerfile: join(folder, 'Dockerfile'),
      buildArgs: {},
      phases: [{ name: 'cold', isCold: true, output: 'storage' }],
    };
  },
};
