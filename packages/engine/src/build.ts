import { type BuildWarning, formatPlatform, parseReference } from '@tsbuild/core';
import type { BuilderResources } from './builder-resources.ts';
import type { MountExportContext } from './cache/shared/mounts/export-mount.ts';
import { openSharedCache, withInlineCache } from './cache/shared/open-shared.ts';
import type { SharedCache } from './cache/shared/shared-cache.ts';
import { runChecks } from './checks.ts';
import { epochOf } from './epoch.ts';
import { createReporter, type Reporter } from './events.ts';
import { checkOutputs } from './export/check-outputs.ts';
import { exportAll } from './export/export-all.ts';
import type { StepInfo } from './graph.ts';
import { type AssembledImage, assembleImage } from './image/assemble.ts';
import { builtImage } from './image/built-image.ts';
import { squashed } from './image/squash/squashed.ts';
import { type LoweredBuild, type LoweredPlatform, lowerBuild } from './lower-build.ts';
import type { BuildOptions } from './options.ts';
import { createOwner, type Owner } from './owner.ts';
import type { BuildRecording } from './recording/recording.ts';
import { BuildRecorder } from './records/build-recorder.ts';
import { withTreeRemover } from './remove-store.ts';
import type { BuildResult, BuiltImage } from './result.ts';
import { createDebugFailure } from './run/debug-failure.ts';
import { createBackground } from './solve/background.ts';
import { commandLimits } from './solve/command-limits.ts';
import { createLayers } from './solve/layers.ts';
import { showPulls } from './solve/pull-steps.ts';
import { removeDamage } from './solve/remove-damage.ts';
import { sandboxAhead } from './solve/sandbox-ahead.ts';
import { createSandboxWarnings, type SandboxWarnings } from './solve/sandbox-warnings.ts';
import type { SolveContext } from './solve/solve-context.ts';
import { createSolver, inputsOf, type Solver } from './solve/solver.ts';

/** One build from text to outputs: parse, lower, solve, assemble, export. */
export async function runBuild(asked: BuildOptions, resources: BuilderResources): Promise<BuildResult> {
  await using _hold = resources.store.hold();
  const recording = await resources.recording?.begin(asked);
  const options = recording?.options ?? asked;
  const recorder = new BuildRecorder(resources.store.directory('builds'), nameOf(options));
  const reporter = createReporter((event) => {
    recorder.take(event);
    return options.onEvent?.(event);
  }, recorder.id);
  try {
    const shared = await openSharedCache(options, resources.registry, reporter);
    const result = await buildHealing(options, { ...resources, shared, build: recording }, reporter);
    await recording?.finish();
    const images = Object.entries(result.images).map(([platform, { id }]) => ({ platform, id }));
    reporter.emit({ type: 'build-finished', status: 'succeeded', images });
    return result;
  } catch (error) {
    const status = options.signal?.aborted === true ? 'cancelled' : 'failed';
    reporter.emit({ type: 'build-finished', status, error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

type BuildResources = BuilderResources & {
  readonly shared: SharedCache;
  readonly build: BuildRecording | undefined;
};

/**
 * What is damaged in the store is as good as missing: it is removed, and the build made again without it. So is what a
 * shared cache promised and does not have; each of them can disappoint only once.
 */
async function buildHealing(
  options: BuildOptions,
  resources: BuildResources,
  reporter: Reporter,
): Promise<BuildResult> {
  const { brokenPromises } = resources.shared;
  try {
    return await attempt(options, resources, reporter);
  } catch (error) {
    if (options.signal?.aborted !== true && resources.shared.brokenPromises > brokenPromises)
      return buildHealing(options, resources, reporter);
    if (options.signal?.aborted === true || !(await removeDamage(error, resources.store, options.signal))) throw error;
    const layers = createLayers(resources.store, resources.registry, resources.pulls);
    return await attempt(options, { ...resources, layers }, reporter);
  }
}

async function attempt(options: BuildOptions, resources: BuildResources, reporter: Reporter): Promise<BuildResult> {
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
  resources: BuildResources,
  reporter: Reporter,
  cancel: AbortController,
): Promise<BuildResult> {
  const { tags = [] } = options;
  const startedOn = new Date();
  for (const tag of tags) parseReference(tag);
  const asked = await checkOutputs(options, isAttested(options));
  const sign =
    options.sign === undefined ? undefined : await (await import('./attest/sign/signer.ts')).openSigner(options.sign);
  await using owner = createOwner();
  const { store, layers, registry, shared, executor } = resources;
  const lowered = await lowerBuild(options, resources, owner, cancel.signal, sandboxAhead(options.target, resources));
  announce(lowered, options, reporter);
  using _shown = showPulls(lowered.vertices, resources.pulls, reporter);
  const warnings = await checkAll(lowered, reporter);
  const sandboxWarnings = createSandboxWarnings(reporter);
  const solved = await solveImages(lowered, options, { ...resources, owner, sandboxWarnings }, reporter, cancel);
  const plain = await squashed(solved, options.squash, { store, layers, signal: cancel.signal });
  const images = await withInlineCache(plain, lowered.images, options, shared);
  const attested = isAttested(options)
    ? await (await import('./attest/attest.ts')).attestImages(images, lowered, options, {
        layers,
        reporter,
        startedOn,
        signal: cancel.signal,
      })
    : undefined;
  const exporting = { store, layers, registry, reporter, tags, signal: cancel.signal };
  const { attach, attestationsOf } = attested ?? {};
  const exportContext = { ...exporting, attach, attestationsOf, sign };
  const outputs = await exportAll(images, asked, exportContext, lastSteps(lowered));
  // What the images have brought to a registry need not be sent again.
  const unexported = await exportShared(solved, options, shared, { ...exporting, executor });
  await lowered.contexts.saveDigests();
  await store.flush();
  await keepWithinLimit(resources, cancel.signal);
  const steps = reporter.results(lowered.vertices);
  return {
    ...builtImages(images, resources),
    outputs,
    steps,
    warnings: [
      ...warnings,
      ...(attested?.warnings ?? []),
      ...sandboxWarnings.warnings,
      ...shared.warnings,
      ...unexported,
    ],
    attestations: attested?.byPlatform ?? {},
  };
}

/** The steps that the root file systems of the images are made by. */
function lastSteps({ images }: LoweredBuild): readonly StepInfo[] {
  return images.flatMap(({ lowered: { rootfs } }) => (rootfs === undefined ? [] : [rootfs.step]));
}

function isAttested({ provenance = false, sbom = false }: BuildOptions): boolean {
  return provenance !== false || sbom !== false;
}

function builtImages(
  images: readonly AssembledImage[],
  resources: BuilderResources,
): Pick<BuildResult, 'image' | 'images'> {
  const built = images.map((image): [string, BuiltImage] => [
    formatPlatform(image.platform),
    builtImage(image, resources),
  ]);
  const [first] = built;
  if (first === undefined) throw new Error('a build has at least one platform');
  return { image: first[1], images: Object.fromEntries(built) };
}

/** The warnings of all platforms, each once. */
async function checkAll(
  { dockerfile, contexts, images }: LoweredBuild,
  reporter: Reporter,
): Promise<readonly BuildWarning[]> {
  const ignores = await contexts.main.ignores?.();
  const facts = images.map(({ bases, lowerWith: { buildArgs, platforms } }) => {
    return { buildArgs, targetPlatform: platforms.target, ignores, images: bases };
  });
  return runChecks(dockerfile, facts, reporter);
}

/** A store that cannot be made smaller is no reason for a build to fail. */
async function keepWithinLimit(
  { store, maxStoreSize }: Pick<BuilderResources, 'store' | 'maxStoreSize'>,
  signal: AbortSignal,
): Promise<void> {
  const kept = withTreeRemover((removeTree) => store.limit({ maxSize: maxStoreSize, removeTree, signal }));
  await kept.catch((error: unknown) => {
    if (signal.aborted) throw error;
  });
}

function announce(
  { dockerfile, images, vertices }: LoweredBuild,
  { target = '' }: BuildOptions,
  reporter: Reporter,
): void {
  reporter.emit({
    type: 'build-started',
    build: reporter.build,
    target,
    platform: images
      .map(({ lowerWith, lowered }) =>
        formatPlatform(images.length > 1 ? lowerWith.platforms.target : lowered.platform),
      )
      .join(','),
    dockerfile: dockerfile.source.name,
    source: dockerfile.source.text,
  });
  for (const vertex of vertices) {
    const parent = 'parent' in vertex && vertex.parent !== undefined ? [vertex.parent] : [];
    reporter.define(
      vertex.step,
      [...parent, ...inputsOf(vertex)].map(({ step }) => step),
    );
  }
}

/** Solves the target for every platform; the first failure cancels everything else, and nothing is left running. */
async function solveImages(
  { dockerfile, images, vertices, fetched, guard }: LoweredBuild,
  options: BuildOptions,
  resources: BuildResources & { readonly owner: Owner; readonly sandboxWarnings: SandboxWarnings },
  reporter: Reporter,
  cancel: AbortController,
): Promise<readonly AssembledImage[]> {
  const { store, layers, shared, executor, limit, downloads, owner, sandboxWarnings, build: recording } = resources;
  const context: Omit<SolveContext, 'solve'> = {
    store,
    layers,
    shared,
    reporter,
    executor,
    sandboxWarnings,
    owner,
    signal: cancel.signal,
    limit,
    background: createBackground(),
    debug: options.onError && createDebugFailure(options.onError, cancel, options.signal),
    secrets: options.secrets ?? {},
    downloads,
    fetched,
    guard,
    limits: commandLimits(options),
    ssh: options.ssh ?? {},
    recording,
  };
  const solver = createSolver(context, dockerfile.source);
  try {
    solver.start(vertices);
    const assembled = await Promise.all(images.map((image) => assembleSolved(image, options, solver, context)));
    await context.background.ended();
    return assembled;
  } catch (error) {
    cancel.abort(error);
    await solver.settled();
    await context.background.ended().catch(() => undefined); // there is a failure already
    throw error;
  }
}

async function exportShared(
  images: readonly AssembledImage[],
  options: BuildOptions,
  shared: SharedCache,
  context: Omit<MountExportContext, 'step'>,
): Promise<readonly BuildWarning[]> {
  if ((options.cacheTo ?? []).length === 0) return [];
  const { exportCaches } = await import('./cache/shared/export/export-caches.ts');
  return exportCaches(
    options,
    images.flatMap(({ chain }) => chain),
    shared,
    context,
  );
}

async function assembleSolved(
  { lowered }: LoweredPlatform,
  options: BuildOptions,
  { solve }: Solver,
  context: Omit<SolveContext, 'solve'>,
): Promise<AssembledImage> {
  const { chain } = await solve(lowered.rootfs);
  const epoch = epochOf(options);
  if (epoch === undefined) return assembleImage(lowered, chain, solve, epoch);
  const { atEpoch } = await import('./image/source-date-epoch.ts');
  return assembleImage(lowered, await atEpoch(chain, lowered.rootfs, epoch, context), solve, epoch);
}
