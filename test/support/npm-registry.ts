import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { mustRun } from './command.ts';
import { openTempFolder } from './temp-folder.ts';

/** Where pnpm keeps `NAME@VERSION…/node_modules/NAME`. */
const INSTALLED = fileURLToPath(new URL('../../node_modules/.pnpm', import.meta.url));

/** An npm registry on loopback. */
export interface NpmRegistry extends AsyncDisposable {
  /** Value for NPM_CONFIG_REGISTRY. */
  readonly url: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

interface PublishedVersion {
  readonly manifest: Manifest;
  readonly tarball: Buffer;
}

/** Serves `tarballs`, and every package as it is installed in this checkout, so that `npm install` needs no network. */
export async function startNpmRegistry(tarballs: readonly string[] = []): Promise<NpmRegistry> {
  const ours = await Promise.all(tarballs.map(readTarball));
  const published = new Map(ours.map((version) => [version.manifest.name, Promise.resolve([version])]));
  const find = (name: string) => {
    const versions = published.get(name) ?? packInstalled(name);
    published.set(name, versions);
    return versions;
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', `http://${request.headers.host}`);
    const name = decodeURIComponent(pathname.slice(1));
    const versions = await find(name);
    const wanted = searchParams.get('tarball');
    if (wanted !== null) return response.end(versions.find(({ manifest }) => manifest.version === wanted)?.tarball);
    if (versions.length === 0) return response.writeHead(404).end('{}');
    return response.end(JSON.stringify(describe(name, versions, `http://${request.headers.host}${pathname}`)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the registry answers about a package. */
function describe(name: string, versions: readonly PublishedVersion[], url: string): object {
  const described = versions.map(({ manifest, tarball }) => {
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    return [manifest.version, { ...manifest, dist: { tarball: `${url}?tarball=${manifest.version}`, integrity } }];
  });
  return { name, 'dist-tags': { latest: versions.at(-1)?.manifest.version }, versions: Object.fromEntries(described) };
}

/** All installed versions of a package; none is an answer too, as of optional packages for other machines. */
async function packInstalled(name: string): Promise<PublishedVersion[]> {
  const prefix = `${name.replace('/', '+')}@`;
  const folders = (await readdir(INSTALLED)).filter((folder) => folder.startsWith(prefix));
  const versions = await Promise.all(
    folders.map((folder) => packFolder(`${INSTALLED}/${folder}/node_modules/${name}`)),
  );
  return [...new Map(versions.map((version) => [version.manifest.version, version])).values()];
}

async function packFolder(source: string): Promise<PublishedVersion> {
  await using folder = await openTempFolder();
  const file = folder.file('package.tgz');
  const options = ['--transform=s,^\\.,package,', '--exclude=./node_modules', `--directory=${source}/`];
  await mustRun(['tar', '--create', '--gzip', `--file=${file}`, ...options, '.']);
  return { manifest: JSON.parse(await readFile(`${source}/package.json`, 'utf8')), tarball: await readFile(file) };
}

async function readTarball(file: string): Promise<PublishedVersion> {
  const manifest = await mustRun(['tar', '--extract', '--to-stdout', `--file=${file}`, 'package/package.json']);
  return { manifest: JSON.parse(manifest), tarball: await readFile(file) };
}
