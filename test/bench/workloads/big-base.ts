import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeContext } from './context-folder.ts';
import type { Workload } from './workload.ts';

export const bigBase: Workload = {
  name: 'big-base',
  about: 'one COPY onto a base of 256 MiB, pushed to the registry that has the base',
  async prepare({ folder, base }) {
    await writeContext(folder, { Dockerfile: `FROM ${await base('big:1')}\nCOPY file /file\n`, file: 'first\n' });
    const change = (round: number) => writeFile(join(folder, 'file'), `${round}\n`);
    return {
      context: folder,
      dockerfile: join(folder, 'Dockerfile'),
      buildArgs: {},
      phases: [
        { name: 'cold, pushed', isCold: true, output: 'push' },
        { name: 'one file changed, pushed', output: 'push', change },
      ],
    };
  },
};
