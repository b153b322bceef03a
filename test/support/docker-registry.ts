import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { findCommand } from './parts.ts';
import { freePort, startService } from './service.ts';
import { openTempFolder } from './temp-folder.ts';

/** Debian's `docker-registry` on loopback, empty at first. */
export interface DockerRegistry extends AsyncDisposable {
  /** `127.0.0.1:port`, the first part of an image name. */
  readonly host: string;
}

export interface DockerRegistryOptions {
  /** The `auth` section of its configuration. @default none: everybody may do everything */
  readonly auth?: string;
  /** Files of its certificate and key. @default plain HTTP */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

/** Starts a registry of its own, which keeps its blobs in a temp folder. */
export async function startDockerRegistry({ auth, tls }: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const folder = await openTempFolder();
  const host = `127.0.0.1:${await freePort()}`;
  const config = [
    'version: 0.1',
    'log: { level: error }',
    `storage: { filesystem: { rootdirectory: ${folder.file('blobs')} }, delete: { enabled: true } }`,
    `http: { addr: '${host}'${tls === undefined ? '' : `, tls: { certificate: ${tls.certFile}, key: ${tls.keyFile} }`} }`,
    ...(auth === undefined ? [] : [`auth: ${auth}`]),
    '',
  ].join('\n');
  await writeFile(folder.file('config.yml'), config);
  const service = await startService({
    args: [findCommand('docker-registry') ?? 'docker-registry', 'serve', folder.file('config.yml')],
    isReady: () => accepts(host),
  });
  return {
    host,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** True when somebody listens, whatever they speak. */
function accepts(host: string): Promise<boolean> {
  const [name, port] = host.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host: name, port: Number(port) });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
