import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from '@tsbuild/core';
import { dockerEndpoint, type Environment } from '../../docker/docker-endpoint.ts';
import type { EngineName } from '../../options.ts';
import type { Loader } from './loader.ts';

const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/**
 * The engine that is asked for, or the first that is there: Docker, podman, containerd.
 * @throws {UsageError} when it is not there, or none is
 */
export async function findEngine(asked: EngineName | undefined, env: Environment): Promise<Loader> {
  const names: readonly EngineName[] = asked === undefined ? ['docker', 'podman', 'containerd'] : [asked];
  for (const name of names) {
    const loader = await open(name, env);
    if (loader !== undefined) return loader;
  }
  const what = asked === undefined ? 'no Docker, podman or containerd' : `no ${asked}`;
  throw new UsageError(`${what} to load the image into`, {
    hint: "start it or set DOCKER_HOST; without --load the image is kept in tsbuild's own store",
  });
}

async function open(name: EngineName, env: Environment): Promise<Loader | undefined> {
  if (name === 'docker') {
    const endpoint = dockerEndpoint(env);
    return endpoint && (await import('./docker-loader.ts')).createDockerLoader(endpoint);
  }
  const { createContainerdLoader, createPodmanLoader } = await import('./command-loader.ts');
  if (name === 'podman') {
    const podman = findProgram('podman', env);
    return podman === undefined ? undefined : createPodmanLoader(podman);
  }
  const ctr = findProgram('ctr', env);
  const isRunning = existsSync(env.CONTAINERD_ADDRESS || CONTAINERD_SOCKET);
  return ctr === undefined || !isRunning ? undefined : createContainerdLoader(ctr);
}

function findProgram(name: string, { PATH = '' }: Environment): string | undefined {
  return PATH.split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });
}
