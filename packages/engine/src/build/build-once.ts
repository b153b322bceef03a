import { type BuildWarning, formatPlatform } from '@tsbuild/core';
import { withInlineCache } from '../cache/shared/open-shared.ts';
import { runChecks } from '../checks.ts';
import type { Reporter } from '../events.ts';
import type { AssembledImage } from '../image/assemble.ts';
import { builtImage } from '../image/built-image.ts';
import { squashed } from '../image/squash/squashed.ts';
import { type LoweredBuild, lowerBuild } from '../lower-build.ts';
import { createOwner } from '../owner.ts';
import { withTreeRemover } from '../remove-store.ts';
import type { BuildResult, BuiltImage } from '../result.ts';
import { showPulls } from '../solve/pull-steps.ts';
import { sandboxAhead } from '../solve/sandbox-ahead.ts';
import { createSandboxWarnings } from '../solve/sandbox-warnings.ts';
import { announceBuild } from './announce-build.ts';
import type { Attempt, BuildResources } from './attempt.ts';
import { exportBuild, planExport } from './export-build.ts';
import { solveImages } from './solve-images.ts';

/** Lowers, solves and exports, and tells what came of it. */
export async function buildOnce(attempt: Attempt): Promise<BuildResult> {
  const { options, resources, reporter, cancel } = attempt;
  const { store, layers, shared, pulls } = resources;
  const { signal } = cancel;
  const startedOn = new Date();
  const plan = await planExport(options);
  await using owner = createOwner();
  const ahead = sandboxAhead(options.target, resources);
  const lowered = await lowerBuild(options, resources, owner, signal, ahead.onBaseMissing);
  announceBuild(lowered, options, reporter);
  using _shown = showPulls(lowered.vertices, pulls, reporter);
  const warnings = await checkAll(lowered, reporter);
  const sandboxWarnings = createSandboxWarnings(reporter);
  const solved = await solveImages(lowered, attempt, { owner, sandboxWarnings, hasSandbox: ahead.isStarted });
  const plain = await squashed(solved, options.squash, { store, layers, signal });
  const images = await withInlineCache(plain, lowered.images, options, shared);
  const exported = await exportBuild({ solved, images, lowered, startedOn }, plan, attempt);
  await lowered.contexts.saveDigests();
  await store.flush();
  await keepWithinLimit(resources, signal);
  const { outputs, attested } = exported;
  return {
    ...builtImages(images, resources),
    outputs,
    steps: reporter.results(lowered.vertices),
    warnings: [
      ...warnings,
      ...(attested?.warnings ?? []),
      ...sandboxWarnings.warnings,
      ...shared.warnings,
      ...exported.warnings,
    ],
    attestations: attested?.byPlatform ?? {},
  };
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
  { store, maxStoreSize }: Pick<BuildResources, 'store' | 'maxStoreSize'>,
  signal: AbortSignal,
): Promise<void> {
  const kept = withTreeRemover((removeTree) => store.limit({ maxSize: maxStoreSize, removeTree, signal }));
  await kept.catch((error: unknown) => {
    if (signal.aborted) throw error;
  });
}

function builtImages(
  images: readonly AssembledImage[],
  resources: BuildResources,
): Pick<BuildResult, 'image' | 'images'> {
  const built = images.map((image): [string, BuiltImage] => [
    formatPlatform(image.platform),
    builtImage(image, resources),
  ]);
  const [first] = built;
  if (first === undefined) throw new Error('a build has at least one platform');
  return { image: first[1], images: Object.fromEntries(built) };
}
