import { buildHealing } from './build/build-healing.ts';
import type { BuilderResources } from './builder-resources.ts';
import { openSharedCache } from './cache/shared/open-shared.ts';
import { createReporter } from './events.ts';
import type { BuildOptions } from './options.ts';
import { BuildRecorder } from './records/build-recorder.ts';
import type { BuildResult } from './result.ts';

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

/** What a list of builds calls this one. */
function nameOf({ tags = [], context }: BuildOptions): string {
  return tags[0] ?? (typeof context === 'string' ? context : '');
}
