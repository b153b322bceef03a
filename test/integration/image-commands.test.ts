import { rm } from 'node:fs/promises';
import { type Builder, createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { mustRun } from '../support/command.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { diffFacts, type Facts, treeFacts } from '../support/tree-facts.ts';
import { mustTsbuild, TSBUILD_COMMAND, tsbuild } from '../support/tsbuild.ts';

const ENGINE_PARTS = ['root', 'busybox', 'dockerd', 'docker'];

let folder: TempFolder;
let root: string;
let builder: Builder;
let engine: Dockerd | undefined;
let facts: Map<string, Facts>;

beforeAll(async () => {
  folder = await openTempFolder();
  root = folder.file('store');
  builder = await createBuilder({ root });
  if (!hasPart('busybox')) return;
  await saveBusybox(builder);
  const dockerfile = 'FROM busybox\nCOPY --chown=3:4 a /data/\nENV A=b\nLABEL x=y\nCMD ["cat", "/data/a"]\n';
  await builder.build({ context: { files: { a: 'hello\n' } }, dockerfile, tags: ['app:1', 'second/app:2'] });
  facts = await treeFacts(await (await builder.image('app:1')).tree());
  if (ENGINE_PARTS.every(hasPart)) engine = await startDockerd();
});

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await builder[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('what save writes is read by others', () => {
  testWith(...ENGINE_PARTS)('docker loads every image, and they run', async () => {
    const archive = folder.file('for-docker.tar');
    await mustTsbuild(root, ['save', '-o', archive, 'app:1', 'second/app:2']);

    const loaded = await dockerEngine().docker('load', '-i', archive);

    expect(loaded).toContain('Loaded image: app:1');
    expect(loaded).toContain('Loaded image: second/app:2');
    expect(await dockerEngine().docker('run', '--rm', '--network=none', 'second/app:2')).toBe('hello\n');
    const { stdout } = await mustTsbuild(root, ['inspect', '-f', '{{.Id}}', 'app:1']);
    expect(await dockerEngine().docker('inspect', '-f', '{{.Id}}', 'app:1')).toBe(stdout);
  });

  testWith('busybox', 'skopeo')('skopeo reads both formats, and finds the digest that the store has', async () => {
    const archives = { 'docker-archive': folder.file('docker.tar'), 'oci-archive': folder.file('oci.tar') };
    await mustTsbuild(root, ['save', '-o', archives['docker-archive'], 'app:1']);
    await mustTsbuild(root, ['save', '--format', 'oci', '-o', archives['oci-archive'], 'app:1']);

    const ids = [];
    for (const [kind, path] of Object.entries(archives)) {
      const config = JSON.parse(await mustRun(['skopeo', 'inspect', '--config', `${kind}:${path}`]));
      ids.push([config.config.Cmd, config.rootfs.diff_ids.length]);
    }
    const { Digest } = JSON.parse(await mustRun(['skopeo', 'inspect', `oci-archive:${archives['oci-archive']}`]));

    expect(ids).toEqual(Array(2).fill([['cat', '/data/a'], 2]));
    const stored = await mustTsbuild(root, ['inspect', '-f', '{{.Descriptor.digest}}', 'app:1']);
    expect(`${Digest}\n`).toBe(stored.stdout);
  });

  testWith(
    'root',
    'busybox',
    'podman',
  )('podman loads it', async () => {
    const archive = folder.file('for-podman.tar');
    await mustTsbuild(root, ['save', '-o', archive, 'app:1']);

    await podman('load', '-i', archive);

    const described = await podman('image', 'inspect', '--format', '{{.Config.Cmd}} {{.Config.Labels.x}}', 'app:1');
    expect(described).toBe('[cat /data/a] y\n');
  });
});

describe('what others write is loaded, and equal', () => {
  testWith(...ENGINE_PARTS)('docker save', async () => {
    const archive = folder.file('from-docker.tar');
    await dockerEngine().docker('load', '-i', await saved());
    await dockerEngine().docker('save', '-o', archive, 'app:1', 'second/app:2');

    expect(await loadedFrom(archive, 'app:1')).toEqual([]);
  });

  testWith(
    'root',
    'busybox',
    'podman',
  )('podman save, in both formats', async () => {
    await podman('load', '-i', await saved());
    for (const format of ['docker-archive', 'oci-archive']) {
      const archive = folder.file(`podman-${format}.tar`);
      await podman('save', '--format', format, '-o', archive, 'app:1');

      expect(await loadedFrom(archive, 'localhost/app:1')).toEqual([]);
    }
  });

  testWith('busybox', 'skopeo')('skopeo copy, in both formats', async () => {
    const source = `docker-archive:${await saved()}:app:1`;
    for (const kind of ['docker-archive', 'oci-archive']) {
      const archive = folder.file(`skopeo-${kind}.tar`);
      await mustRun(['skopeo', 'copy', '--insecure-policy', source, `${kind}:${archive}:docker.io/library/app:1`]);

      expect(await loadedFrom(archive, 'app:1')).toEqual([]);
    }
  });

  testWith(
    'busybox',
    'gzip',
    'xz',
    'bzip2',
  )('archives compressed in any way', async () => {
    const archive = await saved();
    for (const [tool, suffix] of [
      ['gzip', 'gz'],
      ['xz', 'xz'],
      ['bzip2', 'bz2'],
    ] as const) {
      await mustRun([tool, '--keep', '--force', '-1', archive]);
      expect(await loadedFrom(`${archive}.${suffix}`, 'app:1')).toEqual([]);
    }
  });
});

describe('the commands', () => {
  testWith(
    'busybox',
    'docker-registry',
    'skopeo',
  )('push and pull through a real registry', async () => {
    await using registry = await startDockerRegistry();
    const name = `${registry.host}/team/app:1`;
    await mustTsbuild(root, ['tag', 'app:1', name]);

    const pushed = await mustTsbuild(root, ['push', name]);
    const again = await mustTsbuild(root, ['push', name]);
    const other = folder.file('other');
    const pulled = await mustTsbuild(other, ['pull', name]);
    const quiet = await mustTsbuild(other, ['pull', '-q', name]);

    const [, digest] = /^1: digest: (sha256:[0-9a-f]{64}) size: \d+$/m.exec(pushed.stdout) ?? [];
    expect(pushed.stdout).toMatch(
      /^The push refers to repository \[.*\/team\/app\]\n(?:[0-9a-f]{12}: Pushed\n){4}1: digest/,
    );
    expect(again.stdout).toMatch(/\n(?:[0-9a-f]{12}: Layer already exists\n){4}1: digest/);
    expect(pulled.stdout).toMatch(
      /^1: Pulling from team\/app\n(?:[0-9a-f]{12}: (?:Pull complete|Already exists)\n)+Digest: /,
    );
    expect(pulled.stdout).toContain(`Digest: ${digest}\nStatus: Downloaded newer image for ${name}\n${name}\n`);
    expect(quiet.stdout).toBe(`${name}\n`);
    const seen = JSON.parse(await mustRun(['skopeo', 'inspect', '--tls-verify=false', `docker://${name}`]));
    expect(seen.Digest).toBe(digest);
    const listed = await mustTsbuild(other, [
      'images',
      '--digests',
      '--format',
      '{{.Repository}} {{.Tag}} {{.Digest}}',
    ]);
    expect(listed.stdout).toBe(`${registry.host}/team/app 1 ${digest}\n`);
    expect((await mustTsbuild(other, ['rmi', name])).stdout).toMatch(
      /^Untagged: .*app:1\nUntagged: .*app@sha256:[0-9a-f]+\n(?:Deleted: sha256:[0-9a-f]+\n){3}$/,
    );
  });

  testWith('busybox')('save and load are streams', async () => {
    const { stdout } = await mustTsbuild(root, ['images', '-q', '--filter', 'reference=app']);
    const pipe = '"$0" "$1" save app:1 | TSBUILD_ROOT="$2" "$0" "$1" load -q';

    const loaded = await mustRun(['sh', '-c', pipe, process.execPath, TSBUILD_COMMAND, folder.file('piped')], {
      env: { TSBUILD_ROOT: root },
    });

    expect(loaded).toBe('Loaded image: app:1\n');
    expect((await mustTsbuild(folder.file('piped'), ['images', '-q'])).stdout).toBe(stdout);
  });

  testWith('busybox')('a root file system becomes an image that builds can use', async () => {
    const rootfs = folder.file('rootfs');
    await mustRun(['sh', '-c', `mkdir -p ${rootfs}/etc && echo hi > ${rootfs}/etc/motd`]);
    await mustRun(['tar', '-C', rootfs, '-czf', folder.file('rootfs.tgz'), '.']);

    const { stdout } = await mustTsbuild(root, ['import', '-c', 'CMD ["x"]', folder.file('rootfs.tgz'), 'made']);

    const { image } = await builder.build({
      context: { files: {} },
      dockerfile: 'FROM made\nCOPY --from=made /etc/motd /copy\n',
    });
    expect(image.config.config?.Cmd).toEqual(['x']);
    expect((await (await image.tree()).read('copy')).toString()).toBe('hi\n');
    expect((await mustTsbuild(root, ['inspect', '-f', '{{.Id}}', 'made'])).stdout).toBe(stdout);
  });

  testWith('busybox')('the files of each layer are listed, with the bytes that later layers hide', async () => {
    const dockerfile = 'FROM scratch\nCOPY big kept /data/\nCOPY small /data/big\nCOPY kept /data/again\n';
    const files = { big: 'x'.repeat(5000), small: '1', kept: 'kept\n' };
    await builder.build({ context: { files }, dockerfile, tags: ['wasteful'] });

    const { stdout } = await mustTsbuild(root, ['inspect', '--files', 'wasteful']);
    const json = await mustTsbuild(root, ['inspect', '--files', '--format', 'json', 'wasteful']);

    const summary = stdout.split('\n').filter((line) => /^\d /.test(line));
    expect(summary.map((line) => line.replace(/sha256:\w{64}/, '').split(/\s+/))).toEqual([
      ['1', '3', '5.00kB', '5.00kB'],
      ['2', '2', '1B', '0B'],
      ['3', '2', '5B', '0B'],
    ]);
    expect(stdout).toContain('-0644  0:0                 5000  /data/big\n');
    const [image] = [JSON.parse(json.stdout)].flat();
    expect(image.Layers.map(({ Size, Hidden }: Record<string, number>) => [Size, Hidden])).toEqual([
      [5005, 5000],
      [1, 0],
      [5, 0],
    ]);
  });

  testWith('busybox')('what is missing is told of, and ends in status 1', async () => {
    const inspected = await tsbuild(root, ['inspect', 'nope', '-f', '{{.Architecture}}', 'app:1']);
    const removed = await tsbuild(root, ['rmi', 'nope']);
    const forced = await tsbuild(root, ['rmi', '-f', 'nope']);

    expect(inspected.exitCode).toBe(1);
    expect(inspected.stdout).toMatch(/^\w+\n$/);
    expect(inspected.stderr).toContain('no such image: "nope"');
    expect([removed.exitCode, forced.exitCode]).toEqual([1, 0]);
    expect(forced.stderr).toContain('no such image: "nope"');
  });
});

function dockerEngine(): Dockerd {
  if (engine === undefined) throw new Error('the engine runs where its parts are');
  return engine;
}

async function saved(): Promise<string> {
  const archive = folder.file('saved.tar');
  await mustTsbuild(root, ['save', '-o', archive, 'app:1', 'second/app:2']);
  return archive;
}

/** How the tree of an archive's image differs from the one that was saved. */
async function loadedFrom(archive: string, name: string): Promise<readonly unknown[]> {
  const store = folder.file('loaded');
  await mustTsbuild(store, ['load', '-i', archive]);
  await using loaded = await createBuilder({ root: store });
  const image = await loaded.image(name);
  const differences = diffFacts(facts, await treeFacts(await image.tree()));
  expect(image.config.config?.Labels).toEqual({ x: 'y' });
  await rm(store, { recursive: true });
  return differences;
}

function podman(...args: readonly string[]): Promise<string> {
  const places = ['--root', folder.file('podman'), '--runroot', folder.file('podman-run'), '--storage-driver', 'vfs'];
  return mustRun(['podman', ...places, ...args]);
}
