import { mkdir, writeFile } from 'node:fs/promises';
import { type Builder, createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { startDockerd } from '../support/dockerd.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { makeCertificates } from '../support/registry/certificates.ts';
import { freePort } from '../support/service.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild, tsbuild } from '../support/tsbuild.ts';

const DOCKERFILE = 'FROM base\nCOPY --from=base /bin/busybox /copy\n';

let folder: TempFolder;
let builder: Builder;

beforeAll(async () => {
  folder = await openTempFolder();
  builder = await createBuilder({ root: folder.file('store') });
  if (!hasPart('busybox')) return;
  await saveBusybox(builder);
  await builder.tag('busybox', 'second:2');
});

afterAll(async () => {
  await builder[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Builds on `place` in a store of its own. */
function build(store: string, place: string, env: Readonly<Record<string, string>> = {}) {
  const args = ['build', '-q', '--build-context', `base=${place}`, '-'];
  return tsbuild(folder.file(store), args, { input: DOCKERFILE, cwd: folder.path, env });
}

async function firstLayer(store: string, id: string): Promise<string> {
  const { stdout } = await mustTsbuild(folder.file(store), ['inspect', '-f', '{{index .RootFS.Layers 0}}', id.trim()]);
  return stdout;
}

testWith('busybox')('archives of either kind are bases and sources of files, by name or alone', async () => {
  const root = folder.file('store');
  await mustTsbuild(root, ['save', '-o', folder.file('a:b.tar'), 'busybox:latest']);
  await mustTsbuild(root, ['save', '--format', 'oci', '-o', folder.file('oci.tar'), 'busybox:latest', 'second:2']);

  for (const place of [
    'docker-archive://a:b.tar',
    'docker-archive://a:b.tar:busybox',
    'oci-archive://oci.tar:docker.io/library/second:2',
  ]) {
    const { exitCode, stdout, stderr } = await build('other', place);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(await firstLayer('other', stdout)).toBe(await firstLayer('store', 'busybox'));
  }
});

testWith('busybox')('an archive without the image is refused by name', async () => {
  await mustTsbuild(folder.file('store'), ['save', '-o', folder.file('one.tar'), 'busybox:latest']);
  const fail = async (place: string) => (await build('refusing', place)).stderr;

  expect(await fail('docker-archive://one.tar:nope')).toContain('it holds no image of that name');
  expect(await fail('docker-archive://one.tar:nope')).toContain('add one of its names: busybox:latest');
  expect(await fail('oci-archive://missing.tar')).toContain('there is no such file');
  expect(await fail('docker-daemon://x')).toContain("Docker's engine");
  const tls = await build('refusing', 'docker-daemon://x', { DOCKER_HOST: 'ssh://elsewhere' });
  expect(tls.stderr).toContain('Docker at ssh://elsewhere cannot be reached: only unix:// and tcp:// are spoken');
});

testWith(
  'root',
  'busybox',
  'dockerd',
  'docker',
  'openssl',
)("an image of Docker's engine is a base when it is asked for, and one is loaded, with TLS as without", async () => {
  const certificates = await makeCertificates(folder);
  const port = await freePort();
  await using engine = await startDockerd({ tls: { port, certificates } });
  await mustTsbuild(folder.file('store'), ['save', '-o', folder.file('docker.tar'), 'busybox:latest']);
  await engine.docker('load', '-i', folder.file('docker.tar'));
  const env = { DOCKER_HOST: engine.address };

  const { exitCode, stdout, stderr } = await build('from-docker', 'docker-daemon://busybox:latest', env);
  const missing = await build('from-docker', 'docker-daemon://nope:latest', env);

  expect([exitCode, stderr]).toEqual([0, '']);
  expect(await firstLayer('from-docker', stdout)).toBe(await firstLayer('store', 'busybox'));
  expect(missing.exitCode).toBe(1);
  expect(missing.stderr).toContain("image docker-daemon://nope:latest is not to be had of Docker's engine");

  const { ca, cert, key } = certificates;
  for (const name of ['mine', 'stranger']) {
    await mkdir(folder.file(name));
    await writeFile(folder.file(name, 'ca.pem'), ca);
  }
  await writeFile(folder.file('mine/cert.pem'), cert);
  await writeFile(folder.file('mine/key.pem'), key);
  const secure = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: '1' };
  const mine = { ...secure, DOCKER_CERT_PATH: folder.file('mine') };
  const overTls = await build('over-tls', 'docker-daemon://busybox:latest', mine);
  const stranger = { ...secure, DOCKER_CERT_PATH: folder.file('stranger') };
  const refused = await build('refusing', 'docker-daemon://busybox:latest', stranger);

  expect([overTls.exitCode, overTls.stderr]).toEqual([0, '']);
  expect(refused.stderr).toContain(`Docker's engine cannot be reached at tcp://127.0.0.1:${port}`);
  expect(refused.stderr).toContain('check the certificates in DOCKER_CERT_PATH');
  const load = ['build', '-q', '--load', '-t', 'loaded:1', '-'];
  await mustTsbuild(folder.file('store'), load, { input: 'FROM busybox\nENV a=b\n', env: mine });
  expect(await engine.docker('image', 'inspect', '--format={{.Config.Env}}', 'loaded:1')).toContain('a=b');
});
