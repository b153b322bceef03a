import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { numbered, writeContext } from './context-folder.ts';
import type { Workload } from './workload.ts';

const SOURCES = 200;

export const nodeApp: Workload = {
  name: 'node-app',
  about: `npm install before COPY . ., ${SOURCES} source files`,
  async prepare({ folder, base, npmRegistry }) {
    const sources = numbered('src/module', SOURCES).map((name) => [`${name}.js`, `export const name = '${name}';\n`]);
    await writeContext(folder, {
      ...Object.fromEntries(sources),
      Dockerfile: `FROM ${await base('node:20')}
WORKDIR /app
COPY package.json ./
ARG NPM_CONFIG_REGISTRY
RUN npm install --no-audit --no-fund
COPY . .
RUN node --check src/module000.js
CMD ["node", "src/module000.js"]
`,
      'package.json': '{ "name": "app", "type": "module", "dependencies": { "nanoid": "^3.0.0" } }\n',
    });
    const change = (round: number) => writeFile(join(folder, 'src/module007.js'), `export const changed = ${round};\n`);
    return {
      context: folder,
      dockerfile: join(folder, 'Dockerfile'),
      buildArgs: { NPM_CONFIG_REGISTRY: npmRegistry },
      phases: [
        { name: 'cold', isCold: true, output: 'storage' },
        { name: 'no change', output: 'storage' },
        { name: 'one file changed', output: 'storage', change },
        { name: 'one file changed, pushed', output: 'push', change: (round) => change(round + 1000) },
        { name: 'no change, archive', output: 'archive' },
      ],
    };
  },
};
