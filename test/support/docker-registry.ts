import { writeFile } from 'node:fs/promises';
import { findCommand } from './parts.ts';
import { freePort, startService } from './service.ts';
import { openTempFolder } from './temp-folder.ts';

/** Debian's `docker-registry` on loopback, empty at first. */
export interface DockerRegistry extends AsyncDisposable {
  /** `127.0.0.1:port`, the first part of an image name. */
  readonly host: string;
}

/** Starts a registry of its own, which keeps its blobs in a temp folder. */
export async function startDockerRegistry(): Promise<DockerRegistry> {
  const folder = await openTempFolder();
  const host = `127.0.0.1:${await freePort()}`;
  const config = [
    'version: 0.1',
    'log: { level: error }',
    `storage: { filesystem: { rootdirectory: ${folder.file('blobs')} }, delete: { enabled: true } }`,
    `http: { addr: '${host}' }`,
    '',
  ].join('\n');
  await writeFile(folder.file('config.yml'), config);
  const service = await startService({
    args: [findCommand('docker-registry') ?? 'docker-registry', 'serve', folder.file('config.yml')],
    isReady: async () => (await fetch(`http://${host}/v2/`)).ok,
  });
  return {
    host,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
