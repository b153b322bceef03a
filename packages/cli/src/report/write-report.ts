import type { Builder, BuildResult } from '@tsbuild/engine';
import { writeWholeFile } from '../build/write-file.ts';

/**
 * Writes the page of a build (`--report`), a failed one too. `result` is absent for a build that has none.
 * @throws {TsbuildError} when the file cannot be written
 */
export async function writeReport(
  path: string,
  buildId: string,
  builder: Builder,
  result?: Pick<BuildResult, 'images' | 'outputs'>,
): Promise<void> {
  const { renderReport } = await import('@tsbuild/report');
  const { reportBuild } = await import('./report-build.ts');
  const record = await builder.builds.get(buildId);
  const page = renderReport(await reportBuild(record, builder, result ?? { images: {}, outputs: [] }));
  await writeWholeFile(path, page);
}
