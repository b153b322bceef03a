import type { Executor } from '@tsbuild/core';
import type { RegistryClient } from '@tsbuild/registry';
import { openStore, type Store } from '@tsbuild/store';
import { createLimiter } from './limiter.ts';
import type { BuilderOptions, DownloadLimits } from './options.ts';
import { createOwner, type Owner } from './owner.ts';
import type { Recording } from './recording/recording.ts';
import { createLayers, type Layers } from './solve/layers.ts';
import { createPulls, type Pulls } from './solve/pulls.ts';
import { createImageSource, type ImageSource } from './source/image-source.ts';

/** What a builder owns. The registry client and the sandbox start when something first needs them. */
export interface BuilderResources extends AsyncDisposable {
  readonly store: Store;
  readonly layers: Layers;
  readonly pulls: Pulls;
  readonly images: ImageSource;
  /** Runs `work` when one of the builder's places is free; all of its builds share them. */
  limit<T>(work: () => Promise<T>): Promise<T>;
  readonly maxStoreSize: number | undefined;
  readonly downloads: DownloadLimits;
  /** What RUN steps made is recorded or replayed. */
  readonly recording: Recording | undefined;
  registry(): Promise<RegistryClient>;
  executor(): Promise<Executor>;
  /** Gives `work` these resources, or, when they were disposed, new ones of the same kind for as long as it takes. */
  opened<T>(work: (resources: BuilderResources) => Promise<T>): Promise<T>;
}

/** Commands mostly wait, for networks and disks, so more of them than there are cores may run. */
const DEFAULT_PARALLELISM = 16;

export async function openResources(options: BuilderOptions): Promise<BuilderResources> {
  const store = await openStore({ root: options.root });
  const owned = createOwner();
  owned.use(store);
  const registry = lazily(owned, async () => {
    const { createRegistryClient } = await import('@tsbuild/registry');
    const { credentials, registries } = options;
    return createRegistryClient({
      ...(credentials === undefined ? {} : { credentials }),
      ...(registries === undefined ? {} : { hosts: registries }),
    });
  });
  const recording =
    options.recording === undefined
      ? undefined
      : (await import('./recording/open-recording.ts')).openRecording(options.recording);
  const executor = lazily(owned, async () => {
    if (options.recording?.mode === 'replay') return (await import('./recording/no-executor.ts')).NO_EXECUTOR;
    const { createSandbox } = await import('@tsbuild/sandbox');
    const scratch = owned.use(await store.temporaryDirectory());
    return createSandbox({
      snapshots: store.directory('snapshots'),
      scratch: scratch.path,
      ...(options.runner === undefined ? {} : { runner: options.runner }),
      ignoreChownErrors: options.ignoreChownErrors === true,
    });
  });
  const pulls = createPulls();
  let isOpen = true;
  const resources: BuilderResources = {
    store,
    pulls,
    layers: createLayers(store, registry, pulls),
    images: createImageSource(store, registry),
    maxStoreSize: options.maxStoreSize,
    limit: createLimiter(options.maxParallelism ?? DEFAULT_PARALLELISM),
    downloads: options.downloads ?? {},
    recording,
    registry,
    executor,
    async opened(work) {
      if (isOpen) return work(resources);
      await using again = await openResources(options);
      return await work(again);
    },
    async [Symbol.asyncDispose]() {
      isOpen = false;
      await owned[Symbol.asyncDispose]();
    },
  };
  return resources;
}

/**
 * Makes something on first use, and ends it with its owner, which waits for what is being made. A failed start is tried again
 * by the next use.
 */
function lazily<T extends AsyncDisposable>(owner: Owner, create: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  function start(): Promise<T> {
    const started = create().then((resource) => owner.use(resource));
    owner.use({ [Symbol.asyncDispose]: () => started.then(ignore, ignore) });
    started.catch(() => {
      made = undefined;
    });
    return started;
  }
  return () => {
    made ??= start();
    return made;
  };
}

function ignore(): void {}
