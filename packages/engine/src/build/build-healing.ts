import type { Reporter } from '../events.ts';
import type { BuildOptions } from '../options.ts';
import type { BuildResult } from '../result.ts';
import { createLayers } from '../solve/layers.ts';
import { removeDamage } from '../solve/remove-damage.ts';
import type { BuildResources } from './attempt.ts';
import { buildOnce } from './build-once.ts';

/**
 * What is damaged in the store is as good as missing: it is removed, and the build made again without it. So is what a
 * shared cache promised and does not have; each of them can disappoint only once.
 */
export async function buildHealing(
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
    return await buildOnce({ options, resources, reporter, cancel });
  } finally {
    options.signal?.removeEventListener('abort', forward);
  }
}
