import type { StepInfo } from '../graph.ts';
import type { AssembledImage } from '../image/assemble.ts';
import type { OutputOptions } from '../options.ts';
import type { OutputResult } from '../result.ts';
import { exportImages } from './export.ts';
import type { ExportContext } from './export-context.ts';

/** Hands the images of all platforms to one output after the other; each is a step of the build. */
export async function exportAll(
  images: readonly AssembledImage[],
  outputs: readonly OutputOptions[],
  context: Omit<ExportContext, 'step'>,
  /** The steps whose results the images are. */
  inputs: readonly StepInfo[],
): Promise<OutputResult[]> {
  const { reporter } = context;
  const results: OutputResult[] = [];
  for (const [at, output] of outputs.entries()) {
    const step = exportStep(at, output);
    reporter.define(step, inputs);
    reporter.start(step);
    try {
      results.push(...(await exportImages(images, output, { ...context, step })));
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
  local: 'exporting to client directory',
  tar: 'exporting to client tarball',
};

function exportStep(at: number, { type }: OutputOptions): StepInfo {
  const name = EXPORT_NAMES[type];
  return { id: `export-${at}`, name, label: name, range: undefined, lineages: [], noCache: false };
}
