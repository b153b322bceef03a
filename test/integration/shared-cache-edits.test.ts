import { cp } from 'node:fs/promises';
import type { BuildOptions, MemoryFile } from '@tsbuild/engine';
import { describe, expect } from 'vitest';
import { machinesForTests, outcomes } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';

type Options = Omit<BuildOptions, 'context'>;

const DOCKERFILE = `FROM busybox AS deps
ARG MODE=fast
COPY package.txt ./
RUN --mount=type=secret,id=token echo $MODE > /mode && sort package.txt > /installed
FROM deps
COPY src /src
RUN cat /src/* > /bundle
COPY last.txt /last.txt
`;
const FILES = { Dockerfile: DOCKERFILE, 'package.txt': 'b\na\n', 'src/one': '1\n', 'last.txt': 'last\n' };
const PACKAGE = 'COPY package.txt ./';
const INSTALL = 'RUN --mount=type=secret,id=token echo $MODE > /mode && sort package.txt > /installed';
const SRC = 'COPY src /src';
const BUNDLE = 'RUN cat /src/* > /bundle';
const LAST = 'COPY last.txt /last.txt';
const STEPS = [PACKAGE, INSTALL, SRC, BUNDLE, LAST];

/** What another machine builds after the first has exported the files above, and what it runs. */
interface Edit {
  readonly name: string;
  readonly files?: Readonly<Record<string, MemoryFile>>;
  readonly options?: Options;
  readonly ran: readonly string[];
}

const EDITS: readonly Edit[] = [
  { name: 'nothing', ran: [] },
  {
    name: 'a file of the first COPY: those below ask a destination that answers the same',
    files: { 'package.txt': 'c\na\n' },
    ran: [PACKAGE, INSTALL, BUNDLE],
  },
  {
    name: 'the order of lines, which the command does not keep',
    files: { 'package.txt': 'a\nb\n' },
    ran: [PACKAGE, INSTALL, BUNDLE],
  },
  { name: 'a file of the COPY below RUN', files: { 'src/one': '2\n' }, ran: [SRC, BUNDLE] },
  {
    name: 'a command that writes the same: the steps below it stay cached',
    files: { Dockerfile: DOCKERFILE.replace('sort package', 'sort  package') },
    ran: [INSTALL.replace('sort package', 'sort  package')],
  },
  { name: 'the last file', files: { 'last.txt': 'other\n' }, ran: [LAST] },
  { name: 'an ARG', options: { buildArgs: { MODE: 'slow' } }, ran: [INSTALL, BUNDLE] },
  { name: 'a secret', options: { secrets: { token: { value: 'another' } } }, ran: [] },
  {
    name: 'a comment and the name of a stage',
    files: { Dockerfile: `# hello\n${DOCKERFILE.replaceAll('deps', 'base')}` },
    ran: [],
  },
  {
    name: 'the command',
    files: { Dockerfile: DOCKERFILE.replace('cat /src/*', 'cat  /src/*') },
    ran: ['RUN cat  /src/* > /bundle'],
  },
  { name: 'times', files: { 'last.txt': { content: 'last\n', mtime: 981_173_106 } }, ran: [] },
  { name: 'a mode', files: { 'last.txt': { content: 'last\n', mode: 0o755 } }, ran: [LAST] },
  { name: '--no-cache', options: { noCache: true }, ran: STEPS },
  { name: '--no-cache-filter', options: { noCacheFilter: ['deps'] }, ran: [PACKAGE, INSTALL] },
];

const cacheTest = testWith('root', 'busybox');
const createMachines = machinesForTests();

describe('another machine runs what has changed and takes the rest from the cache', () => {
  for (const { name, files = {}, options = {}, ran } of EDITS) {
    cacheTest(`changed: ${name}`, async () => {
      await using machines = await createMachines();
      const dest = machines.shared('cache');
      const first = await machines.add(FILES);
      await first.build({ secrets: { token: { value: 'one' } }, cacheTo: [{ type: 'local', dest, mode: 'max' }] });
      const second = await machines.add({ ...FILES, ...files });

      const result = await second.build({ ...options, cacheFrom: [{ type: 'local', src: dest }] });

      expect(result.steps.filter(({ status }) => status === 'ran').map((step) => step.name)).toEqual(ran);
      expect(result.steps.every(({ status, from }) => status === 'ran' || from === dest)).toBe(true);
      expect(result.warnings.filter(({ rule }) => rule.startsWith('Cache'))).toEqual([]);
    });
  }

  cacheTest('trust: records serve the builds that name the cache, or are kept', async () => {
    await using machines = await createMachines();
    const dest = machines.shared('cache');
    const first = await machines.add(FILES);
    await first.build({ cacheTo: [{ type: 'local', dest, mode: 'max' }] });

    const wary = await machines.add(FILES);
    await wary.build({ cacheFrom: [{ type: 'local', src: dest }] });
    expect(outcomes(await wary.build())).toEqual(STEPS.map((step) => `ran: ${step}`));

    const trusting = await machines.add(FILES);
    await trusting.build({ cacheFrom: [{ type: 'local', src: dest, trust: 'store' }] });
    expect(outcomes(await trusting.build())).toEqual(STEPS.map((step) => `cached: ${step}`));
  });

  cacheTest('a plan says where cached steps come from, and fetches nothing', async () => {
    await using machines = await createMachines();
    const dest = machines.shared('cache');
    const first = await machines.add(FILES);
    const { image } = await first.build({ cacheTo: [{ type: 'local', dest, mode: 'max' }] });
    const second = await machines.add(FILES);

    const plan = await second.builder.plan({ context: second.context, cacheFrom: [{ type: 'local', src: dest }] });

    expect(plan.steps.map(({ status, from }) => [status, from])).toEqual(STEPS.map(() => ['cached', dest]));
    expect(plan.imageId).toBe(image.id);
  });

  cacheTest('two machines that export to one place at once leave a cache that one of them wrote', async () => {
    await using machines = await createMachines();
    const dest = machines.shared('cache');
    const both = [await machines.add(FILES), await machines.add({ ...FILES, 'last.txt': 'other\n' })];

    await Promise.all(
      both.map((machine) => machine.build({ cacheTo: [{ type: 'local', dest, mode: 'max', ignoreError: true }] })),
    );
    const third = await machines.add(FILES);
    await cp(dest, machines.shared('copy'), { recursive: true });
    const result = await third.build({ cacheFrom: [{ type: 'local', src: machines.shared('copy') }] });

    expect(result.steps.length).toBe(STEPS.length);
    expect(String(await (await result.image.tree()).read('last.txt'))).toBe('last\n');
  });
});
