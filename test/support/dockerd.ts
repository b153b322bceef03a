import { mkdir } from 'node:fs/promises';
import { mustRun, runCommand } from './command.ts';
import { findCommand } from './parts.ts';
import type { Certificates } from './registry/certificates.ts';
import { startService } from './service.ts';
import { openTempFolder } from './temp-folder.ts';

/** A Docker Engine of its own: no bridge, no firewall rules, everything in a temp folder. */
export interface Dockerd extends AsyncDisposable {
  /** Runs `docker …` against this engine and returns what it printed. */
  docker(...args: readonly string[]): Promise<string>;
  /** Value for DOCKER_HOST. */
  readonly address: string;
}

export interface DockerdOptions {
  /** Listens besides on a port of this machine, for clients with a certificate of the authority. */
  readonly tls?: { readonly port: number; readonly certificates: Certificates };
}

/** Needs root. Stops the engine, and what the engine started, when disposed. */
export async function startDockerd({ tls }: DockerdOptions = {}): Promise<Dockerd> {
  const folder = await openTempFolder();
  const address = `unix://${folder.file('docker.sock')}`;
  const env = { DOCKER_HOST: address, DOCKER_CONFIG: folder.file('config') };
  const client = dockerClient();
  await mkdir(env.DOCKER_CONFIG);
  const service = await startService({
    args: [
      findCommand('dockerd') ?? 'dockerd',
      '--bridge=none',
      '--iptables=false',
      '--ip6tables=false',
      `--host=${address}`,
      ...(tls === undefined ? [] : tlsFlags(tls)),
      `--data-root=${folder.file('data')}`,
      `--exec-root=${folder.file('exec')}`,
      `--pidfile=${folder.file('pid')}`,
    ],
    isReady: async () => (await runCommand([client, 'version'], { env })).exitCode === 0,
  });
  return {
    address,
    docker: (...args) => mustRun([client, ...args], { env }),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await unmountBelow(folder.path);
      await folder[Symbol.asyncDispose]();
    },
  };
}

function tlsFlags({ port, certificates }: NonNullable<DockerdOptions['tls']>): readonly string[] {
  const { caFile, certFile, keyFile } = certificates;
  const files = [`--tlscacert=${caFile}`, `--tlscert=${certFile}`, `--tlskey=${keyFile}`];
  return [`--host=tcp://127.0.0.1:${port}`, '--tlsverify', ...files];
}

/** Prefers the client of Debian's own package: a newer one builds only with plugins that it does not bring. */
export function dockerClient(): string {
  const debian = findCommand('/usr/bin/docker');
  return debian ?? findCommand('docker') ?? 'docker';
}

/** A killed engine leaves the overlays of its containers mounted. */
async function unmountBelow(path: string): Promise<void> {
  await runCommand(['sh', '-c', `grep -o ' ${path}/[^ ]*' /proc/self/mounts | sort -r | xargs -r umount --lazy`]);
}
