import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { createBuilder } from '@tsbuild/engine';
import { expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { mustRun } from '../support/command.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder } from '../support/temp-folder.ts';

const BYTES = 512 * 1024 * 1024;
/** Without it, images cannot be mounted. */
const LOOP = '/dev/loop-control';

/** Deletes, replaces, renames and links what lower layers have, so whiteouts and opaque folders are made and read. */
const DOCKERFILE = `FROM busybox
RUN mkdir -p /d/sub && echo 1 > /d/a && echo 2 > /d/b && ln /d/a /d/hard && ln -s a /d/soft
RUN rm -r /d/sub /d/b && mkdir /d/sub && echo 3 > /d/sub/c && mv /d/a /d/moved && chown 5:6 /d/moved
RUN rm -rf /d/sub && mkdir /d/sub && ls -R /d > /list && stat -c '%u %g' /d/moved >> /list
`;
const LIST = '/d:\nhard\nmoved\nsoft\nsub\n\n/d/sub:\n5 6\n';

/** Builds with a store in `folder`, twice: cold, which warns as said, and by another builder from the cache. */
async function expectStoreWorks(folder: string, rules: readonly string[] = []): Promise<void> {
  const root = `${folder}/store`;
  for (const ran of [4, 0]) {
    await using builder = await createBuilder({ root });
    if (ran > 0) await saveBusybox(builder);
    const { image, steps, warnings } = await builder.build({ context: { files: {} }, dockerfile: DOCKERFILE });
    expect((await (await image.tree()).read('list')).toString()).toBe(LIST);
    expect(warnings.map(({ rule }) => rule)).toEqual(ran > 0 ? rules : []);
    expect(steps.filter(({ status }) => status === 'ran').length).toBe(Math.max(0, ran - 1));
    if (ran === 0) expect((await builder.verify()).problems).toEqual([]);
  }
}

/** Mounts something below a temporary folder while `use` runs. */
async function withMount(
  args: (folder: string) => Promise<readonly string[]>,
  use: (mounted: string) => Promise<void>,
) {
  await using folder = await openTempFolder();
  const target = folder.file('mounted');
  await mkdir(target);
  await mustRun(['mount', ...(await args(folder.path)), target]);
  try {
    await use(target);
  } finally {
    await mustRun(['umount', '--lazy', target]);
  }
}

for (const type of ['ext4', 'xfs', 'btrfs']) {
  testWith(
    'root',
    'busybox',
    `mkfs.${type}`,
    LOOP,
  )(`a store on ${type}`, async () => {
    await withMount(
      async (folder) => {
        const image = `${folder}/image`;
        await writeFile(image, '');
        await truncate(image, BYTES);
        await mustRun([`mkfs.${type}`, '-q', image]);
        return ['-o', 'loop', image];
      },
      (folder) => expectStoreWorks(folder),
    );
  });
}

testWith('root', 'busybox')('a store on tmpfs', async () => {
  await withMount(async () => ['-t', 'tmpfs', 'tmpfs'], expectStoreWorks);
});

testWith('root', 'busybox')('a store on an overlay, above which the kernel takes no overlay', async () => {
  await withMount(
    async (folder) => {
      const parts = ['lower', 'upper', 'work'].map((name) => `${folder}/${name}`);
      for (const part of parts) await mkdir(part);
      const [lower, upper, work] = parts;
      return ['-t', 'overlay', '-o', `lowerdir=${lower},upperdir=${upper},workdir=${work}`, 'overlay'];
    },
    (folder) => expectStoreWorks(folder, ['SandboxWithoutBoundary']),
  );
});
