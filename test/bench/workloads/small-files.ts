import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { numbered, writeContext } from './context-folder.ts';
import type { Workload } from './workload.ts';

const FOLDERS = 500;
const FILES_EACH = 100;

export const smallFiles: Workload = {
  name: 'small-files',
  about: `COPY of ${FOLDERS * FILES_EACH} files of about 2 kB`,
  async prepare({ folder, base }) {
    for (const directory of numbered('tree/d', FOLDERS)) {
      const files = numbered(`${directory}/f`, FILES_EACH).map((path) => [path, `${path}\n`.repeat(150)]);
      await writeContext(folder, Object.fromEntries(files));
    }
    await writeContext(folder, { Dockerfile: `FROM ${await base('debian:12')}\nCOPY tree /tree/\n` });
    return {
      context: folder,
      dockerfile: join(folder, 'Dockerfile'),
      buildArgs: {},
      phases: [
        { name: 'cold', isCold: true, output: 'storage' },
        { name: 'no change', output: 'storage' },
        {
          name: 'one file changed',
          output: 'storage',
          change: (round) => writeFile(join(folder, 'tree/d250/f50'), `changed ${round}\n`),
        },
      ],
    };
  },
};
