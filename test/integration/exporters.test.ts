import { writeFile } from 'node:fs/promises';
import { type Builder, createBuilder, type OutputOptions } from '@tsbuild/engine';
import { afterAll, beforeAll, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { mustRun } from '../support/command.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { folderFacts } from '../support/folder-facts.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { diffFacts, type Facts, treeFacts } from '../support/tree-facts.ts';

const DOCKERFILE = `FROM --platform=$BUILDPLATFORM busybox AS build
ARG TARGETARCH
RUN mkdir -p /out/d && echo $TARGETARCH > /out/arch && ln /out/arch /out/d/same && ln -s ../arch /out/d/link \\
 && chmod 2755 /out/d && chown 12:34 /out/arch && mkfifo /out/pipe
FROM scratch
COPY --from=build /out/ /
`;
const PLATFORMS = ['linux/amd64', 'linux/arm64'];

let folder: TempFolder;
let builder: Builder;

beforeAll(async () => {
  folder = await openTempFolder();
  builder = await createBuilder({ root: folder.file('store') });
  if (hasPart('root') && hasPart('busybox')) await saveBusybox(builder);
});

afterAll(async () => {
  await builder[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

function build(outputs: readonly OutputOptions[], platforms: readonly string[] = PLATFORMS) {
  return builder.build({ context: { files: {} }, dockerfile: DOCKERFILE, tags: ['app:1'], outputs, platforms });
}

/** Facts of the root file system of each platform. */
async function expectedFacts(): Promise<ReadonlyMap<string, Map<string, Facts>>> {
  const { images } = await build([]);
  const facts = new Map<string, Map<string, Facts>>();
  for (const [platform, image] of Object.entries(images)) facts.set(platform, await treeFacts(await image.tree()));
  return facts;
}

testWith(
  'root',
  'busybox',
  'skopeo',
  'docker-registry',
)('skopeo copies an index from a registry, an archive and a folder, and finds each platform', async () => {
  await using registry = await startDockerRegistry();
  const name = `${registry.host}/team/app:1`;
  const [archive, layout] = [folder.file('index.tar'), folder.file('index')];
  const { outputs, images } = await build([
    { type: 'oci', dest: archive },
    { type: 'oci', dest: layout, tar: false },
    { type: 'registry', name },
  ]);
  for (const place of [`oci-archive:${archive}`, `oci:${layout}:1`, `docker://${name}`]) {
    const raw = JSON.parse(await mustRun(['skopeo', 'inspect', '--tls-verify=false', '--raw', place]));
    expect(raw.manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux' },
    ]);
    for (const platform of PLATFORMS) {
      const [, architecture = ''] = platform.split('/');
      const inspect = ['skopeo', '--override-arch', architecture, 'inspect', '--tls-verify=false', '--config', place];
      const config = await mustRun(inspect);
      expect(JSON.parse(config).rootfs.diff_ids).toEqual(images[platform]?.config.rootfs.diff_ids);
    }
    const copy = folder.file('copy');
    await mustRun(['skopeo', 'copy', '--all', '--src-tls-verify=false', place, `oci:${copy}:1`]);
    const copied = JSON.parse(await mustRun(['skopeo', 'inspect', '--raw', `oci:${copy}:1`]));
    expect(copied.manifests).toEqual(raw.manifests);
  }
  expect(new Set(outputs.map(({ descriptor }) => descriptor?.digest)).size).toBe(1);
});

testWith(
  'root',
  'busybox',
  'umoci',
)('umoci unpacks what each platform has', async () => {
  const expected = await expectedFacts();
  for (const platform of PLATFORMS) {
    const layout = folder.file(`umoci-${platform.replace('/', '-')}`);
    await build([{ type: 'oci', dest: layout, tar: false }], [platform]);
    await mustRun(['umoci', 'unpack', '--image', `${layout}:1`, `${layout}-bundle`]);
    expect(diffFacts(expected.get(platform) ?? new Map(), await folderFacts(`${layout}-bundle/rootfs`))).toEqual([]);
  }
});

testWith(
  'root',
  'busybox',
  'podman',
  'buildah',
)('podman loads an archive and buildah builds from a layout', async () => {
  const config = folder.file('storage.conf');
  const [root, run] = [folder.file('containers'), folder.file('containers-run')];
  await writeFile(config, `[storage]\ndriver = "vfs"\ngraphroot = "${root}"\nrunroot = "${run}"\n`);
  const env = { CONTAINERS_STORAGE_CONF: config };
  const [archive, layout] = [folder.file('podman.tar'), folder.file('buildah')];
  const { image } = await build(
    [
      { type: 'oci', dest: archive },
      { type: 'oci', dest: layout, tar: false },
    ],
    [],
  );

  expect(await mustRun(['podman', 'load', '--input', archive], { env })).toContain('app:1');
  const id = await mustRun(['podman', 'image', 'inspect', '--format={{.Id}}', 'app:1'], { env });
  expect(id.trim()).toBe(image.id.slice('sha256:'.length));

  const container = (await mustRun(['buildah', 'from', 'oci:buildah:1'], { env, cwd: folder.path })).trim();
  const mounted = (await mustRun(['buildah', 'mount', container], { env })).trim();
  expect(diffFacts(await treeFacts(await image.tree()), await folderFacts(mounted))).toEqual([]);
});

testWith('root', 'busybox')('tar and a folder have the files of each platform', async () => {
  const expected = await expectedFacts();
  const [archive, local] = [folder.file('root.tar'), folder.file('local')];
  await build([
    { type: 'tar', dest: archive },
    { type: 'local', dest: local },
  ]);
  await mustRun(['mkdir', folder.file('unpacked')]);
  await mustRun(['tar', '--numeric-owner', '-xpf', archive, '-C', folder.file('unpacked')]);
  for (const [platform, facts] of expected) {
    const name = platform.replace('/', '_');
    expect(diffFacts(facts, await folderFacts(folder.file('unpacked', name)))).toEqual([]);
    const own = new Map(
      [...facts].filter(([path]) => path !== '/pipe').map(([path, fact]) => [path, { ...fact, uid: 0, gid: 0 }]),
    );
    expect(diffFacts(own, await folderFacts(folder.file('local', name)))).toEqual([]);
  }
});
