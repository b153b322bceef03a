import { writeFile } from 'node:fs/promises';
import { type Builder, type BuildOptions, createBuilder, type EngineName } from '@tsbuild/engine';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { mustRun } from '../support/command.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { startService } from '../support/service.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const DOCKER_PARTS = ['root', 'busybox', 'dockerd', 'docker'];
const DOCKERFILE = 'FROM busybox\nCOPY a /a\nCOPY b /b\nCMD ["cat", "/a", "/b"]\n';

const environment = { ...process.env };
let folder: TempFolder;
let builder: Builder;

beforeAll(async () => {
  folder = await openTempFolder();
  builder = await createBuilder({ root: folder.file('store') });
  if (hasPart('busybox')) await saveBusybox(builder);
});

afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});

afterAll(async () => {
  await builder[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Loads an image; returns how many blobs were sent for it. */
async function load(engine: EngineName, files: Record<string, string>, options: Partial<BuildOptions> = {}) {
  const sent = new Set<string>();
  const { outputs, image } = await builder.build({
    context: { files },
    dockerfile: DOCKERFILE,
    tags: ['app:1'],
    outputs: [{ type: 'docker', engine }],
    onEvent: (event) => event.type === 'step-progress' && event.isDone && sent.add(event.item),
    ...options,
  });
  return { sent: sent.size, id: image.id, dest: outputs[0]?.dest };
}

async function withDocker(use: (engine: Dockerd) => Promise<void>): Promise<void> {
  await using engine = await startDockerd();
  process.env.DOCKER_HOST = engine.address;
  await use(engine);
}

testWith(...DOCKER_PARTS)('Docker gets the image, and later only the layers that it lacks', async () => {
  await withDocker(async (engine) => {
    const run = () => engine.docker('run', '--rm', '--network', 'none', 'app:1');
    // One layer of the base and two of COPY, config and manifest.
    const first = await load('docker', { a: '1', b: '2' });
    expect(first).toMatchObject({ sent: 5, dest: `docker at ${engine.address}` });
    expect(await run()).toBe('12');
    expect(await engine.docker('image', 'inspect', '--format={{.Id}}', 'app:1')).toBe(`${first.id}\n`);

    expect((await load('docker', { a: '1', b: '3' })).sent).toBe(3);
    expect(await run()).toBe('13');

    // An image that is there is only named.
    expect((await load('docker', { a: '1', b: '2' }, { tags: ['app:1', 'again:2'] })).sent).toBe(0);
    expect(await run()).toBe('12');
    expect(await engine.docker('run', '--rm', '--network', 'none', 'again:2')).toBe('12');
  });
});

testWith(...DOCKER_PARTS)('docker history reads well', async () => {
  await withDocker(async (engine) => {
    await load('docker', { a: '1', b: '2' });
    const history = await engine.docker('history', '--no-trunc', '--format={{.CreatedBy}}|{{.Comment}}', 'app:1');
    expect(history.trim().split('\n').slice(0, 3)).toEqual([
      'CMD ["cat" "/a" "/b"]|buildkit.dockerfile.v0',
      'COPY b /b # buildkit|buildkit.dockerfile.v0',
      'COPY a /a # buildkit|buildkit.dockerfile.v0',
    ]);
  });
});

testWith(
  'root',
  'busybox',
  'podman',
)('podman gets the image, and of one that it has only the name', async () => {
  const config = folder.file('storage.conf');
  const [root, run] = [folder.file('podman'), folder.file('podman-run')];
  await writeFile(config, `[storage]\ndriver = "vfs"\ngraphroot = "${root}"\nrunroot = "${run}"\n`);
  process.env.CONTAINERS_STORAGE_CONF = config;

  expect(await load('podman', { a: '1', b: '2' })).toMatchObject({ sent: 5, dest: 'podman' });
  const { sent, id } = await load('podman', { a: '1', b: '2' }, { tags: ['app:2'] });
  expect(sent).toBe(0);
  expect((await mustRun(['podman', 'image', 'inspect', '--format={{.Id}}', 'app:2'])).trim()).toBe(
    id.slice('sha256:'.length),
  );
});

testWith(
  'root',
  'busybox',
  'containerd',
  'ctr',
)('containerd gets the blobs that it lacks', async () => {
  await using place = await openTempFolder();
  const address = place.file('containerd.sock');
  await writeFile(
    place.file('config.toml'),
    `version = 2\nroot = "${place.file('root')}"\nstate = "${place.file('state')}"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "${address}"\n`,
  );
  await using _service = await startService({
    args: ['containerd', '--config', place.file('config.toml')],
    isReady: async () => (await mustRun(['ctr', '--address', address, 'version']).catch(() => '')) !== '',
  });
  process.env.CONTAINERD_ADDRESS = address;

  expect(await load('containerd', { a: '1', b: '2' })).toMatchObject({ sent: 5, dest: 'containerd' });
  expect((await load('containerd', { a: '1', b: '3' })).sent).toBe(3);
  expect((await mustRun(['ctr', 'images', 'ls', '-q'])).trim()).toBe('docker.io/library/app:1');
});

test('an engine that is not there is named', async () => {
  process.env.DOCKER_HOST = `unix://${folder.file('nothing.sock')}`;
  await expect(load('docker', { a: '1', b: '2' }, { dockerfile: 'FROM scratch\nCOPY a /\n' })).rejects.toThrow(
    `Docker at ${process.env.DOCKER_HOST} does not answer: connect ENOENT ${folder.file('nothing.sock')}`,
  );
  process.env.PATH = folder.path;
  await expect(load('podman', {}, { dockerfile: 'nothing is built' })).rejects.toThrow(
    'no podman to load the image into',
  );
});
