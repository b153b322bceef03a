import { join } from 'node:path';
import { mustRun } from '../../support/command.ts';
import { writeContext } from './context-folder.ts';
import type { Workload } from './workload.ts';

export const bigFile: Workload = {
  name: 'big-file',
  about: 'COPY of one random file of 1 GiB',
  async prepare({ folder, base }) {
    await writeContext(folder, { Dockerfile: `FROM ${await base('debian:12')}\nCOPY random /random\n` });
    await mustRun(['dd', 'if=/dev/urandom', `of=${join(folder, 'random')}`, 'bs=1M', 'count=1024', 'status=none']);
    return {
      context: folder,
      dockerfile: join(folder, 'Dockerfile'),
      buildArgs: {},
      phases: [
        { name: 'cold', isCold: true, output: 'storage' },
        { name: 'no change', output: 'storage' },
        { name: 'no change, archive', output: 'archive' },
        { name: 'cold, archive', isCold: true, output: 'archive' },
      ],
    };
  },
};
