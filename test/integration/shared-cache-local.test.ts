import { describe, expect } from 'vitest';
import { machinesForTests, outcomes } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';

const FILES = {
  Dockerfile: `FROM busybox AS build
WORKDIR /src
COPY package.txt ./
RUN sort package.txt > installed && date +%s%N > stamp
RUN --mount=from=busybox,source=/bin,target=/tools ls /tools | wc -l > tools

FROM busybox
COPY --from=build /src/installed /src/stamp /src/tools /app/
RUN date +%s%N > /built
COPY main.txt /app/
`,
  'package.txt': 'b\na\n',
  'main.txt': 'main\n',
};
const STEPS = [
  'WORKDIR /src',
  'COPY package.txt ./',
  'RUN sort package.txt > installed && date +%s%N > stamp',
  'RUN --mount=from=busybox,source=/bin,target=/tools ls /tools | wc -l > tools',
  'COPY --from=build /src/installed /src/stamp /src/tools /app/',
  'RUN date +%s%N > /built',
  'COPY main.txt /app/',
];

const cacheTest = testWith('root', 'busybox');
const createMachines = machinesForTests();

describe('a cache in a folder', () => {
  for (const mode of ['min', 'max'] as const)
    cacheTest(`mode ${mode}: another machine repeats nothing and gets the same image`, async () => {
      await using machines = await createMachines();
      const dest = machines.shared('cache');
      const first = await machines.add(FILES);
      const built = await first.build({ cacheTo: [{ type: 'local', dest, mode }] });
      const second = await machines.add(FILES);

      const again = await second.build({ cacheFrom: [{ type: 'local', src: dest }] });

      expect(outcomes(again)).toEqual(STEPS.map((step) => `cached shared: ${step}`));
      expect(again.image.id).toBe(built.image.id);
      expect(again.outputs[0]?.descriptor?.digest).toBe(built.outputs[0]?.descriptor?.digest);
      expect(again.warnings).toEqual([]);
      expect(String(await (await again.image.tree()).read('app/installed'))).toBe('a\nb\n');
    });
});
