import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { numbered, writeContext } from './context-folder.ts';
import type { Workload } from './workload.ts';

export const fortyRuns: Workload = {
  name: 'forty-runs',
  about: '40 RUN steps that each write a small file',
  async prepare({ folder, base }) {
    const runs = numbered('/step', 40).map((path) => `RUN echo done > ${path}\n`);
    const dockerfile = `FROM ${await base('debian:12')}\nCOPY seed /seed\n${runs.join('')}`;
    await writeContext(folder, { Dockerfile: dockerfile, seed: 'first\n' });
    return {
      context: folder,
      dockerfile: join(folder, 'Dockerfile'),
      buildArgs: {},
      phases: [
        { name: 'cold', isCold: true, output: 'storage' },
        { name: 'no change', output: 'storage' },
        {
          name: 'first step changed',
          output: 'storage',
          change: (round) => writeFile(join(folder, 'seed'), `${round}\n`),
        },
      ],
    };
  },
};
