import { join } from 'node:path';
import { numbered, writeContext } from './context-folder.ts';
import type { Workload } from './workload.ts';

export const sixStages: Workload = {
  name: 'six-stages',
  about: 'six independent stages that each wait a second, joined by COPY --from',
  async prepare({ folder, base }) {
    const names = numbered('stage', 6);
    const debian = await base('debian:12');
    const stages = names.map((name) => `FROM ${debian} AS ${name}\nRUN sleep 1 && echo ${name} > /${name}\n`);
    const copies = names.map((name) => `COPY --from=${name} /${name} /\n`);
    await writeContext(folder, { Dockerfile: `${stages.join('')}FROM scratch\n${copies.join('')}` });
    return {
      context: folder,
      dockerfile: join(folder, 'Dockerfile'),
      buildArgs: {},
      phases: [
        { name: 'cold', isCold: true, output: 'storage' },
        { name: 'no change', output: 'storage' },
      ],
    };
  },
};
