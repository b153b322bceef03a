import { type DiffId, type Digest, parseReference, SolveError } from '@tsbuild/core';
import type { DockerEndpoint } from '../../docker/docker-endpoint.ts';
import type { ExportContext } from '../export-context.ts';
import { type DockerCall, dockerRequest } from './docker-request.ts';
import type { Loader } from './loader.ts';

/** Images that are asked for their layers; the newest come first. */
const MAX_INSPECTED = 100;
const CONTAINERD_STORE = 'io.containerd.snapshotter.v1';

/** Loads through Docker's API. Of layers that images of the engine begin with only the names are sent. */
export function createDockerLoader(endpoint: DockerEndpoint): Loader {
  const call = (options: DockerCall) => dockerRequest(endpoint, options);

  async function read(path: string, signal: ExportContext['signal']): Promise<unknown> {
    const { status, text } = await call({ path, signal });
    return status === 200 ? JSON.parse(text) : undefined;
  }

  /** diffIDs of an image, bottom first. */
  async function layersOf(id: string, signal: ExportContext['signal']): Promise<readonly unknown[]> {
    const image = (await read(`/images/${encodeURIComponent(id)}/json`, signal)) as InspectedImage | undefined;
    return image?.RootFS?.Layers ?? [];
  }

  /** How many layers from the bottom up some image of the engine has. */
  async function commonLayers(diffIds: readonly DiffId[], signal: ExportContext['signal']): Promise<number> {
    const images = ((await read('/images/json', signal)) ?? []) as readonly { readonly Id?: string }[];
    let most = 0;
    for (const { Id = '' } of images.slice(0, MAX_INSPECTED)) {
      const layers = await layersOf(Id, signal);
      const other = diffIds.findIndex((diffId, at) => layers[at] !== diffId);
      most = Math.max(most, other === -1 ? diffIds.length : other);
    }
    return most;
  }

  return {
    place: `docker at ${endpoint.address}`,
    async has({ image }, signal) {
      return (await call({ path: `/images/${image.configDescriptor.digest}/json`, signal })).status === 200;
    },
    async present({ image, manifest }, signal): Promise<ReadonlySet<Digest>> {
      // Docker's own store asks for the file of a layer only if it lacks the layer; containerd's wants all of them.
      const info = (await read('/info', signal)) as { readonly DriverStatus?: unknown } | undefined;
      if (JSON.stringify(info?.DriverStatus ?? '').includes(CONTAINERD_STORE)) return new Set();
      const common = await commonLayers(image.config.rootfs.diff_ids, signal);
      const lacking = new Set(manifest.layers.slice(common).map(({ digest }) => digest));
      return new Set(manifest.layers.flatMap(({ digest }) => (lacking.has(digest) ? [] : [digest])));
    },
    async load(archive, signal) {
      const { status, text } = await call({ method: 'POST', path: '/images/load?quiet=1', body: archive, signal });
      const problem = /"error":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
      if (status === 200 && problem === undefined) return;
      throw refused(endpoint, problem ?? (text.trim() || `status ${status}`));
    },
    async tag({ image }, name, signal) {
      const { registry, repository, tag = 'latest' } = parseReference(name);
      const query = new URLSearchParams({ repo: `${registry}/${repository}`, tag });
      const path = `/images/${image.configDescriptor.digest}/tag?${query}`;
      const { status, text } = await call({ method: 'POST', path, signal });
      if (status !== 201) throw refused(endpoint, text.trim());
    },
  };
}

interface InspectedImage {
  readonly RootFS?: { readonly Layers?: readonly unknown[] };
}

function refused({ address }: DockerEndpoint, reason: string): SolveError {
  return new SolveError('ERR_TSBUILD_OUTPUT', `Docker at ${address} did not take the image: ${reason}`);
}
