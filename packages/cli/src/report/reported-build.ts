import type { Builder, BuildOptions, BuildResult } from '@tsbuild/engine';
import { writeReport } from './write-report.ts';

/** Builds, and writes the page of the build to `path`, whether it succeeds or not. Without a path it only builds. */
export async function reportedBuild(
  builder: Builder,
  options: BuildOptions,
  path: string | undefined,
): Promise<BuildResult> {
  if (path === undefined) return builder.build(options);
  let id: string | undefined;
  const onEvent: BuildOptions['onEvent'] = (event) => {
    if (event.type === 'build-started') id = event.build;
    return options.onEvent?.(event);
  };
  const result = await builder.build({ ...options, onEvent }).catch(async (error: unknown) => {
    // What went wrong with the build matters more than what may go wrong with its page.
    if (id !== undefined) await writeReport(path, id, builder).catch(() => undefined);
    throw error;
  });
  if (id !== undefined) await writeReport(path, id, builder, result);
  return result;
}
