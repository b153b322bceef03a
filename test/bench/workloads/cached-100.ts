import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { numbered, writeContext } from './context-folder.ts';
import type { Workload } from './workload.ts';

export const cached100: Workload = {
  name: 'cached-100',
  about: '100 steps: COPY of a file and RUN, in turns',
  async prepare({ folder, base }) {
    const files = numbered('f', 50);
    const steps = files.map((file) => `COPY ${file} /\nRUN cat /${file} > /${file}.copy\n`);
    const dockerfile = `FROM ${await base('debian:12')}\n${steps.join('')}`;
    await writeContext(folder, {
      Dockerfile: dockerfile,
      ...Object.fromEntries(files.map((file) => [file, `${file}\n`])),
    });
    return {
      context: folder,
      dockerfile: join(folder, 'Dockerfile'),
      buildArgs: {},
      phases: [
        { name: 'cold', isCold: true, output: 'storage' },
        { name: 'no change', output: 'storage' },
        {
          name: 'last file changed',
          output: 'storage',
          change: (round) => writeFile(join(folder, files.at(-1) ?? ''), `${round}\n`),
        },
      ],
    };
  },
};
