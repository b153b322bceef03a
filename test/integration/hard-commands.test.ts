import { statfs } from 'node:fs/promises';
import { type Builder, createBuilder } from '@tsbuild/engine';
import { afterAll, expect } from 'vitest';
import { saveBase } from '../support/base-images.ts';
import { saveBusybox } from '../support/busybox.ts';
import { mustRun } from '../support/command.ts';
import { saveDebian } from '../support/debian.ts';
import { startNpmRegistry } from '../support/npm-registry.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const TEN_MINUTES = 600_000;

/** One for all commands that need nothing but a shell. */
let shared: Place | undefined;

afterAll(() => shared?.[Symbol.asyncDispose]());

/** A builder with busybox. */
async function busyboxBuilder(): Promise<Builder> {
  if (shared === undefined) {
    shared = await openPlace();
    await saveBusybox(shared.builder);
  }
  return shared.builder;
}

interface Place extends AsyncDisposable {
  readonly folder: TempFolder;
  readonly builder: Builder;
}

async function openPlace(): Promise<Place> {
  const folder = await openTempFolder();
  const builder = await createBuilder({ root: folder.file('store') });
  return {
    folder,
    builder,
    [Symbol.asyncDispose]: async () => {
      await builder[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function readFileOf(builder: Builder, dockerfile: string, path: string): Promise<string> {
  const { image } = await builder.build({ context: { files: {} }, dockerfile });
  return (await (await image.tree()).read(path)).toString();
}

testWith('root', 'mmdebstrap')(
  'apt-get install, useradd, su and file capabilities, as on a real Debian',
  async () => {
    await using place = await openPlace();
    const { folder, builder } = place;
    await saveDebian(builder, 'debian:12', { variant: 'apt', packages: ['libcap2-bin'] });
    const dockerfile = `FROM debian:12
RUN apt-get update && apt-get install --yes --no-install-recommends hello && hello > /hello
RUN useradd --create-home --uid 1234 app && su app -c 'id -un; id -u; touch ~/mine' > /su && stat -c '%U %u' /home/app/mine >> /su
RUN cp /bin/cat /usr/local/bin/reader && setcap cap_dac_override,cap_net_bind_service+ep /usr/local/bin/reader
RUN getcap /usr/local/bin/reader > /caps && chmod 600 /etc/hostname && su app -c '/usr/local/bin/reader /etc/hostname > /dev/null && echo read' >> /caps
`;
    const dest = folder.file('layout');
    const { image } = await builder.build({
      context: { files: {} },
      dockerfile,
      outputs: [{ type: 'oci', dest, tar: false }],
    });

    const tree = await image.tree();
    const read = async (path: string) => (await tree.read(path)).toString();
    expect(await read('hello')).toBe('Hello, world!\n');
    expect(await read('su')).toBe('app\n1234\napp 1234\n');
    expect(await read('caps')).toBe('/usr/local/bin/reader cap_dac_override,cap_net_bind_service=ep\nread\n');
    expect(await xattrsInLayers(dest, 'usr/local/bin/reader')).toContain('security.capability');
  },
  TEN_MINUTES,
);

/** What GNU tar says of the extended attributes of `path` in the exported layers. */
async function xattrsInLayers(layout: string, path: string): Promise<string> {
  const list = `for blob in ${layout}/blobs/sha256/*; do tar --xattrs --xattrs-include='*' -tvvf "$blob" '${path}' 2>/dev/null; done; true`;
  return await mustRun(['sh', '-c', list]);
}

testWith('root')('npm install', async () => {
  await using place = await openPlace();
  await using registry = await startNpmRegistry();
  await saveBase(place.builder, 'node:20');
  const dockerfile = `FROM node:20
ENV NPM_CONFIG_REGISTRY=${registry.url} NPM_CONFIG_AUDIT=false
WORKDIR /app
RUN npm init --yes && npm install nanoid && ls node_modules > /installed
`;
  expect(await readFileOf(place.builder, dockerfile, 'installed')).toBe('nanoid\n');
});

testWith('root', 'busybox')('a command that leaves a daemon behind: the step ends, the daemon too', async () => {
  const builder = await busyboxBuilder();
  const dockerfile = `FROM busybox
RUN (setsid sh -c 'while :; do date > /tick; sleep 0.05; done' > /dev/null 2>&1 < /dev/null &) && until [ -s /tick ]; do sleep 0.05; done
RUN cat /tick > /a; sleep 0.3; cmp /tick /a && echo still > /after
`;
  expect(await readFileOf(builder, dockerfile, 'after')).toBe('still\n');
});

testWith('root', 'busybox')('a fork bomb under a limit of processes ends as a failed step', async () => {
  const builder = await busyboxBuilder();
  const build = builder.build({
    context: { files: {} },
    dockerfile: 'FROM busybox\nRUN bomb() { bomb | bomb & }; bomb; sleep 1; exit 9\n',
    resources: { pidsLimit: 30 },
    stepTimeout: 20_000,
  });
  await expect(build).rejects.toMatchObject({ code: 'ERR_TSBUILD_EXEC' });
});

testWith('root', 'busybox')('a command that fills the disk fails, and the store goes on', async () => {
  await using folder = await openTempFolder();
  await mustRun(['mount', '-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder.path]);
  const root = folder.file('store');
  try {
    await using builder = await createBuilder({ root });
    await saveBusybox(builder);
    const fill = builder.build({ context: { files: {} }, dockerfile: 'FROM busybox\nRUN cat /dev/zero > /full\n' });
    await expect(fill).rejects.toMatchObject({
      code: 'ERR_TSBUILD_EXEC',
      lastOutput: expect.stringContaining('No space left on device'),
    });
    const { bavail, bsize } = await statfs(root);
    expect(bavail * bsize).toBeGreaterThan(32 * 1024 * 1024);
    expect(await readFileOf(builder, 'FROM busybox\nRUN echo fine > /f\n', 'f')).toBe('fine\n');
    expect((await builder.verify()).problems).toEqual([]);
  } finally {
    await mustRun(['umount', '--lazy', folder.path]);
  }
});

testWith('root', 'busybox')('a command that ignores signals ends with the build that is cancelled', async () => {
  const builder = await busyboxBuilder();
  const controller = new AbortController();
  let cancelled = 0;
  const build = builder.build({
    context: { files: {} },
    dockerfile: "FROM busybox\nRUN trap '' TERM INT HUP; echo ready; sleep 61 & sleep 62\n",
    signal: controller.signal,
    onEvent: (event) => {
      if (event.type !== 'step-log' || cancelled !== 0) return;
      cancelled = Date.now();
      controller.abort(new Error('enough'));
    },
  });
  await expect(build).rejects.toThrow('enough');
  expect(Date.now() - cancelled).toBeLessThan(30_000);
});

testWith('root', 'busybox')('a command that closes its output early goes on', async () => {
  const builder = await busyboxBuilder();
  const dockerfile = 'FROM busybox\nRUN exec >&- 2>&-; sleep 0.3; touch /late && stat -c %s /late > /size\n';
  expect(await readFileOf(builder, dockerfile, 'size')).toBe('0\n');
});
