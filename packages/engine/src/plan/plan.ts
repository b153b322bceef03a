import type { BuilderResources } from '../builder-resources.ts';
import { epochOf } from '../epoch.ts';
import { createReporter } from '../events.ts';
import { assembleImage } from '../image/assemble.ts';
import { type LoweredBuild, lowerBuild } from '../lower-build.ts';
import type { BuildOptions } from '../options.ts';
import { createOwner } from '../owner.ts';
import { createBackground } from '../solve/background.ts';
import { createSandboxWarnings } from '../solve/sandbox-warnings.ts';
import { createSshAgents } from '../solve/ssh-agents.ts';
import type { BuildPlan, PlannedStep } from './plan-types.ts';
import { createPlannedLayers } from './planned-layers.ts';
import { createPlanner, type Planner } from './planner.ts';
import { readOnlyStore } from './read-only-store.ts';
import { UnknownError } from './unknown-error.ts';

/** What `build` would do: nothing is executed, no layer is fetched, nothing is recorded. */
export async function planBuild(options: BuildOptions, resources: BuilderResources): Promise<BuildPlan> {
  await using _hold = resources.store.hold();
  await using owner = createOwner();
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const lowered = await lowerBuild(options, resources, owner, signal);
  const store = readOnlyStore(resources.store);
  const reporter = createReporter(undefined);
  const { openSharedCache } = await import('../cache/shared/open-shared.ts');
  const planner = createPlanner({
    store,
    shared: await openSharedCache(options, resources.registry, reporter),
    layers: createPlannedLayers(resources.layers, store),
    reporter,
    executor: resources.executor,
    sandboxWarnings: createSandboxWarnings(reporter),
    limit: resources.limit,
    background: createBackground(),
    owner,
    signal,
    secrets: {},
    ssh: createSshAgents({}, owner),
    limits: {},
    downloads: resources.downloads,
    guard: lowered.guard,
    debug: undefined,
  });
  const imageId = await plannedId(lowered, planner, epochOf(options));
  const steps = lowered.vertices.flatMap(({ op, step }): PlannedStep[] => {
    const outcome = planner.outcome(step);
    return op === 'image' || outcome === undefined ? [] : [{ name: step.name, label: step.label, ...outcome }];
  });
  const isCached = steps.every(({ status }) => status === 'cached');
  return { steps, ...(isCached && imageId !== undefined && options.squash === undefined ? { imageId } : {}) };
}

/** Id of the image, or undefined where it cannot be known. Every step has been asked for afterwards. */
async function plannedId(
  { images, vertices }: LoweredBuild,
  { solve }: Planner,
  sourceDateEpoch: number | undefined,
): Promise<BuildPlan['imageId']> {
  await Promise.allSettled(vertices.map((vertex) => solve(vertex)));
  const [only, ...others] = images;
  if (only === undefined || others.length > 0) return undefined;
  try {
    const { chain } = await solve(only.lowered.rootfs);
    return (await assembleImage(only.lowered, chain, solve, sourceDateEpoch)).configDescriptor.digest;
  } catch (error) {
    if (error instanceof UnknownError) return undefined;
    throw error;
  }
}
