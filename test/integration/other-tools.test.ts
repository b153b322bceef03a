import { createHash } from 'node:crypto';
import { type Builder, type BuildResult, createBuilder, type OutputOptions } from '@tsbuild/engine';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { mustRun } from '../support/command.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { folderFacts } from '../support/folder-facts.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { diffFacts, type Facts, treeFacts } from '../support/tree-facts.ts';

/** Leaves every kind of thing that a layer can say: owners, modes, links, special files, whiteouts, replaced types. */
const DOCKERFILE = `FROM busybox AS build
WORKDIR /src
COPY --chown=1000:1001 app/ ./
RUN mkdir -p /out/bin \\
 && cp say.sh /out/bin/hello && chmod 755 /out/bin/hello \\
 && ln /out/bin/hello /out/bin/hi && ln -s hello /out/bin/hey \\
 && mkfifo -m 600 /out/pipe && : > /out/empty
FROM busybox
COPY --from=build /out/ /usr/local/
RUN echo tsbuild > /etc/name && mkdir -m 1770 /data && chown 12:34 /data \\
 && printf x > /data/replaced && rm -r /var && mkdir /opt && printf 1 > /opt/old
COPY --from=build --chown=7:8 /src/ /data/src/
RUN rm /data/replaced && mkdir /data/replaced && rm -rf /opt && mkdir /opt && printf 2 > /opt/new
USER 1000
CMD ["/usr/local/bin/hello"]
`;
const SAY = '#!/bin/sh\necho hello from $(cat /etc/name)\n';
const FILES = { 'app/say.sh': { content: SAY, mode: 0o755 }, 'app/notes.txt': 'notes\n' };

/** What the steps leave, apart from the base. */
const EXPECTED: Readonly<Record<string, Facts>> = {
  '/data': { type: 'directory', mode: '1770', uid: 12, gid: 34 },
  '/data/replaced': { type: 'directory', mode: '0755', uid: 0, gid: 0 },
  '/data/src': { type: 'directory', mode: '0755', uid: 7, gid: 8 },
  '/data/src/notes.txt': { type: 'file', mode: '0644', uid: 7, gid: 8, ...content('notes\n') },
  '/data/src/say.sh': { type: 'file', mode: '0755', uid: 7, gid: 8, ...content(SAY) },
  '/etc/name': { type: 'file', mode: '0644', uid: 0, gid: 0, ...content('tsbuild\n') },
  '/opt': { type: 'directory', mode: '0755', uid: 0, gid: 0 },
  '/opt/new': { type: 'file', mode: '0644', uid: 0, gid: 0, ...content('2') },
  '/usr/local': { type: 'directory', mode: '0755', uid: 0, gid: 0 },
  '/usr/local/bin': { type: 'directory', mode: '0755', uid: 0, gid: 0 },
  '/usr/local/bin/hello': { type: 'file', mode: '0755', uid: 0, gid: 0, ...content(SAY) },
  '/usr/local/bin/hey': { type: 'symlink', mode: '0777', uid: 0, gid: 0, link: 'hello' },
  '/usr/local/bin/hi': {
    type: 'file',
    mode: '0755',
    uid: 0,
    gid: 0,
    ...content(SAY),
    hardlinkTo: '/usr/local/bin/hello',
  },
  '/usr/local/empty': { type: 'file', mode: '0644', uid: 0, gid: 0, ...content('') },
  '/usr/local/pipe': { type: 'fifo', mode: '0600', uid: 0, gid: 0 },
};

const ENGINE_PARTS = ['root', 'busybox', 'dockerd', 'docker'];

let folder: TempFolder;
let builder: Builder;
let engine: Dockerd | undefined;
let expected: Map<string, Facts>;

beforeAll(async () => {
  folder = await openTempFolder();
  builder = await createBuilder({ root: folder.file('store') });
  if (!hasPart('busybox')) return;
  await saveBusybox(builder);
  expected = await treeFacts(await (await builder.image('busybox')).tree());
  expected.delete('/var');
  for (const [path, facts] of Object.entries(EXPECTED)) expected.set(path, facts);
  if (ENGINE_PARTS.every(hasPart)) engine = await startDockerd();
});

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await builder[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('the image is right by the tools of others', () => {
  testWith('root', 'busybox')('the tree that tsbuild tells is what the steps left', async () => {
    const { image } = await build();

    expect(diffFacts(expected, await treeFacts(await image.tree()))).toEqual([]);
  });

  testWith(
    'root',
    'busybox',
    'skopeo',
  )('skopeo inspects an OCI archive', async () => {
    const dest = folder.file('inspected.tar');
    const { image, outputs } = await build({ type: 'oci', dest });
    const inspected = JSON.parse(await mustRun(['skopeo', 'inspect', `oci-archive:${dest}`]));
    const config = JSON.parse(await mustRun(['skopeo', 'inspect', '--config', `oci-archive:${dest}`]));

    expect(inspected.Digest).toBe(outputs[0]?.descriptor?.digest);
    expect(inspected.Layers).toHaveLength(image.config.rootfs.diff_ids.length);
    expect(config.config).toEqual({
      User: '1000',
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Cmd: ['/usr/local/bin/hello'],
      ArgsEscaped: true,
    });
    expect(config.rootfs.diff_ids).toEqual(image.config.rootfs.diff_ids);
  });

  testWith(
    'root',
    'busybox',
    'umoci',
  )('umoci unpacks exactly what the steps left', async () => {
    const layout = folder.file('layout');
    await build({ type: 'oci', dest: layout, tar: false });
    await mustRun(['umoci', 'unpack', '--image', `${layout}:latest`, folder.file('bundle')]);

    expect(diffFacts(expected, await folderFacts(folder.file('bundle', 'rootfs')))).toEqual([]);
  });

  testWith(...ENGINE_PARTS)('a Docker Engine loads and runs it', async () => {
    const dest = folder.file('docker.tar');
    await build({ type: 'docker', dest });
    await docker('load', '--input', dest);

    expect(await docker('run', '--rm', '--network', 'none', 'app')).toBe('hello from tsbuild\n');
  });

  testWith(
    ...ENGINE_PARTS,
    'docker-registry',
    'skopeo',
  )('a registry takes it and gives it back', async () => {
    await using registry = await startDockerRegistry();
    const name = `${registry.host}/team/app:1`;
    const { image } = await build({ type: 'registry', name });
    const config = await mustRun(['skopeo', 'inspect', '--tls-verify=false', '--config', '--raw', `docker://${name}`]);

    expect(`sha256:${createHash('sha256').update(config).digest('hex')}`).toBe(image.id);
    await docker('pull', name);
    expect(await docker('run', '--rm', '--network', 'none', name)).toBe('hello from tsbuild\n');
    await expectPulledBack(registry, name);
  });
});

/** A builder with an empty store uses the pushed image as a base. */
async function expectPulledBack(registry: DockerRegistry, name: string): Promise<void> {
  await using other = await createBuilder({ root: folder.file(`store-${registry.host}`) });
  const { image } = await other.build({
    context: { files: {} },
    dockerfile: `FROM ${name}\nUSER 0\nRUN /usr/local/bin/hi > /said\n`,
  });
  expect(String(await (await image.tree()).read('said'))).toBe('hello from tsbuild\n');
}

function build(...outputs: OutputOptions[]): Promise<BuildResult> {
  return builder.build({ context: { files: FILES }, dockerfile: DOCKERFILE, tags: ['app'], outputs });
}

async function docker(...args: readonly string[]): Promise<string> {
  if (engine === undefined) throw new Error('the Docker Engine was not started');
  return engine.docker(...args);
}

function content(text: string): { sha256: string; size: number } {
  return { sha256: createHash('sha256').update(text).digest('hex'), size: text.length };
}
