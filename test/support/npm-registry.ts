import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { mustRun } from './command.ts';
import { openTempFolder } from './temp-folder.ts';

const INSTALLED = fileURLToPath(new URL('../../node_modules/.pnpm/node_modules', import.meta.url));

/** An npm registry on loopback with one package. */
export interface NpmRegistry extends AsyncDisposable {
  /** Value for NPM_CONFIG_REGISTRY. */
  readonly url: string;
}

/** Serves `name` as it is installed in this checkout, so that `npm install` in a RUN needs no network. */
export async function startNpmRegistry(name: string): Promise<NpmRegistry> {
  const { manifest, tarball } = await packInstalled(name);
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const server = createServer((request, response) => {
    if (request.url === '/package.tgz') return response.end(tarball);
    if (request.url !== `/${name}`) return response.writeHead(404).end('{}');
    const dist = { tarball: `http://${request.headers.host}/package.tgz`, integrity };
    const versions = { [manifest.version]: { ...manifest, dist } };
    return response.end(JSON.stringify({ name, 'dist-tags': { latest: manifest.version }, versions }));
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

async function packInstalled(name: string): Promise<{ manifest: { version: string }; tarball: Buffer }> {
  await using folder = await openTempFolder();
  const source = await realpath(`${INSTALLED}/${name}`);
  const file = folder.file('package.tgz');
  await mustRun([
    'tar',
    '--create',
    '--gzip',
    `--file=${file}`,
    '--transform=s,^\\.,package,',
    `--directory=${source}`,
    '.',
  ]);
  return { manifest: JSON.parse(await readFile(`${source}/package.json`, 'utf8')), tarball: await readFile(file) };
}
