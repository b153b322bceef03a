import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Builder, createBuilder } from '@tsbuild/engine';
import { describe, expect } from 'vitest';
import { writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { testWith } from '../support/parts.ts';
import { type Random, seededRandom } from '../support/registry/random.ts';
import { createTemplateStore } from '../support/template-store.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

const DOCKERFILE = `FROM busybox AS tool
COPY src /src
RUN sort /src/words > /sorted && seq 1 5000 > /numbers
FROM busybox
COPY --from=tool /sorted /numbers /data/
WORKDIR /work
RUN wc -l /data/numbers > lines
`;
const DAMAGES = 24;

/** Files below the store's folder, but for those of processes and of the base image. */
async function filesOf(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  const kept: string[] = [];
  for (const name of names.sort()) {
    if (/^(tmp|locks|snapshots|refs|format|builds|index\.json|oci-layout)/.test(name)) continue;
    if ((await lstat(join(root, name))).isFile()) kept.push(name);
  }
  return kept;
}

async function build(builder: Builder, context: string, dest: string) {
  const { image } = await builder.build({ context, outputs: [{ type: 'oci', dest }] });
  const tree = await image.tree();
  const read = async (path: string) => String(await tree.read(path));
  return {
    lines: await read('work/lines'),
    sorted: await read('data/sorted'),
    size: (await read('data/numbers')).length,
  };
}

const RIGHT = { lines: '5000 /data/numbers\n', sorted: 'a\nb\nc\n', size: 23_893 };

describe('a damaged store', () => {
  testWith('root', 'busybox')('gives the right image, and heals', async () => {
    await using folder = await createTemplateStore();
    const root = folder.file('store');
    const base = new Set(await filesOf(root));
    const context = folder.file('context');
    await writeFiles(context, { Dockerfile: DOCKERFILE, 'src/words': 'c\na\nb\n' });
    const random = seededRandom(20_261_121);
    {
      await using first = await createBuilder({ root });
      expect(await build(first, context, folder.file('out.tar'))).toEqual(RIGHT);
    }
    for (let trial = 0; trial < DAMAGES; trial++) {
      const own = (await filesOf(root)).filter((name) => !base.has(name));
      const victim = random.pick(own);
      const isRemoved = trial % 3 === 2;
      if (isRemoved) await rm(join(root, victim));
      else await flipByte(join(root, victim), random);
      if (trial % 2 === 0) await rm(join(root, 'snapshots'), { recursive: true, force: true });
      await using fresh = await createBuilder({ root });
      const told = `${isRemoved ? 'removed' : 'flipped'} ${victim}`;
      const got = await build(fresh, context, folder.file('out.tar')).catch((error: unknown) => error);
      expect({ told, got }).toEqual({ told, got: RIGHT });
    }
    await mustTsbuild(root, ['store', 'verify', '--repair']);
    expect((await mustTsbuild(root, ['store', 'verify'])).stdout).toMatch(/, 0 problems\n$/);
  });
});

async function flipByte(path: string, random: Random): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length === 0) return rm(path);
  const at = random.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  await writeFile(path, bytes);
}
