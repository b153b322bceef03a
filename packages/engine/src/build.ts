import { formatPlatform, parseReference } from '@tsbuild/core';
import type { Dockerfile } from '@tsbuild/dockerfile';
import type { BuilderResources } from './builder-resources.ts';
import { runChecks } from './checks.ts';
import { epochOf } from './epoch.ts';
import { createReporter, type Reporter } from './events.ts';
import { exportImage } from './export/export.ts';
import type { LoweredImage, StepInfo } from './graph.ts';
import { type AssembledImage, assembleImage } from './image/assemble.ts';
import { builtImage } from './image/built-image.ts';
import { createLimiter } from './limiter.ts';
import { lowerBuild } from './lower-build.ts';
import type { BuildOptions, OutputOptions } from './options.ts';
import { createOwner, type Owner } from './owner.ts';
import { BuildRecorder } from './records/build-recorder.ts';
import { removeTree } from './remove-store.ts';
import type { BuildResult, OutputResult } from './result.ts';
import { createLayers } from './solve/layers.ts';
import { removeDamage } from './solve/remove-damage.ts';
import type { SolveContext } from './solve/solve-context.ts';
import { createSolver, inputsOf } from './solve/solver.ts';

/** One build from text to outputs: parse, lower, solve, assemble, export. */
export async function runBuild(options: BuildOptions, resources: BuilderResources): Promise<BuildResult> {
  const recorder = new BuildRecorder(resources.store.directory('builds'), nameOf(options));
  const reporter = createReporter((event) => {
    recorder.take(event);
    options.onEvent?.(event);
  });
  try {
    const result = await buildHealing(options, resources, reporter);
    reporter.emit({ type: 'build-finished', status: 'succeeded' });
    return result;
  } catch (error) {
    const status = options.signal?.aborted === true ? 'cancelled' : 'failed';
    reporter.emit({ type: 'build-finished', status, error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

/** What is damaged in the store is as good as missing: it is removed, and the build made again without it. */
async function buildHealing(
  options: BuildOptions,
  resources: BuilderResources,
  reporter: Reporter,
): Promise<BuildResult> {
  try {
    return await attempt(options, resources, reporter);
  } catch (error) {
    if (options.signal?.aborted === true || !(await removeDamage(error, resources.store, options.signal))) throw error;
    const layers = createLayers(resources.store, resources.registry);
    return await attempt(options, { ...resources, layers }, reporter);
  }
}

async function attempt(options: BuildOptions, resources: BuilderResources, reporter: Reporter): Promise<BuildResult> {
  const cancel = new AbortController();
  const forward = () => cancel.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', forward);
  try {
    options.signal?.throwIfAborted();
    return await buildWith(options, resources, reporter, cancel);
  } finally {
    options.signal?.removeEventListener('abort', forward);
  }
}

/** What a list of builds calls this one. */
function nameOf({ tags = [], context }: BuildOptions): string {
  return tags[0] ?? (typeof context === 'string' ? context : '');
}

async function buildWith(
  options: BuildOptions,
  resources: BuilderResources,
  reporter: Reporter,
  cancel: AbortController,
): Promise<BuildResult> {
  for (const tag of options.tags ?? []) parseReference(tag);
  await using owner = createOwner();
  const { store } = resources;
  const { dockerfile, lowered, contexts, images, lowerWith } = await lowerBuild(
    options,
    resources,
    owner,
    cancel.signal,
  );
  announce(dockerfile, lowered, options, reporter);
  const { buildArgs, platforms } = lowerWith;
  const ignores = await contexts.main.ignores?.();
  const warnings = runChecks(dockerfile, { buildArgs, targetPlatform: platforms.target, ignores, images }, reporter);
  const image = await solveImage(dockerfile, lowered, options, { ...resources, owner }, reporter, cancel);
  const outputs = await exportAll(image, options, resources, reporter, cancel.signal);
  await contexts.saveDigests();
  await store.flush();
  await keepWithinLimit(resources, cancel.signal);
  return { image: builtImage(image, resources.layers), outputs, steps: reporter.results(lowered.vertices), warnings };
}

/** A store that cannot be made smaller is no reason for a build to fail. */
async function keepWithinLimit(
  { store, maxStoreSize }: Pick<BuilderResources, 'store' | 'maxStoreSize'>,
  signal: AbortSignal,
): Promise<void> {
  await store.limit({ maxSize: maxStoreSize, removeTree, signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
  });
}

function announce(
  dockerfile: Dockerfile,
  { platform, vertices }: LoweredImage,
  options: BuildOptions,
  reporter: Reporter,
): void {
  reporter.emit({
    type: 'build-started',
    target: options.target ?? '',
    platform: formatPlatform(platform),
    dockerfile: dockerfile.source.name,
  });
  for (const vertex of vertices) {
    const parent = 'parent' in vertex && vertex.parent !== undefined ? [vertex.parent] : [];
    reporter.define(
      vertex.step,
      [...parent, ...inputsOf(vertex)].map(({ step }) => step),
    );
  }
}

/** Solves the target; the first failure cancels everything else, and nothing is left running. */
async function solveImage(
  dockerfile: Dockerfile,
  lowered: LoweredImage,
  options: BuildOptions,
  resources: BuilderResources & { readonly owner: Owner },
  reporter: Reporter,
  cancel: AbortController,
): Promise<AssembledImage> {
  const { store, layers, executor, maxParallelism, downloads, owner } = resources;
  const context: Omit<SolveContext, 'solve'> = {
    store,
    layers,
    reporter,
    executor,
    owner,
    signal: cancel.signal,
    limit: createLimiter(maxParallelism),
    secrets: options.secrets ?? {},
    downloads,
    limits: { shmSizeBytes: options.shmSize, ulimits: options.ulimits },
    ssh: options.ssh ?? {},
  };
  const solver = createSolver(context, dockerfile.source);
  try {
    solver.start(lowered.vertices);
    const { chain } = await solver.solve(lowered.rootfs);
    const epoch = epochOf(options);
    if (epoch === undefined) return await assembleImage(lowered, chain, solver.solve, epoch);
    const { atEpoch } = await import('./image/source-date-epoch.ts');
    return await assembleImage(lowered, await atEpoch(chain, lowered.rootfs, epoch, context), solver.solve, epoch);
  } catch (error) {
    cancel.abort(error);
    await solver.settled();
    throw error;
  }
}

async function exportAll(
  image: AssembledImage,
  options: BuildOptions,
  resources: BuilderResources,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<OutputResult[]> {
  const { store, layers, registry } = resources;
  const results: OutputResult[] = [];
  for (const [at, output] of (options.outputs ?? [{ type: 'image' as const }]).entries()) {
    const step = exportStep(at, output);
    reporter.define(step, []);
    reporter.start(step);
    try {
      results.push(
        ...(await exportImage(image, output, {
          store,
          layers,
          registry,
          reporter,
          step,
          tags: options.tags ?? [],
          signal,
        })),
      );
      reporter.finish(step, 'ran');
    } catch (error) {
      reporter.finish(step, 'failed', { error: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }
  return results;
}

const EXPORT_NAMES: Readonly<Record<OutputOptions['type'], string>> = {
  oci: 'exporting to oci image format',
  docker: 'exporting to docker image format',
  registry: 'pushing to registry',
  image: 'exporting to image store',
};

function exportStep(at: number, { type }: OutputOptions): StepInfo {
  const name = EXPORT_NAMES[type];
  return { id: `export-${at}`, name, label: name, range: undefined, lineages: [], noCache: false };
}
