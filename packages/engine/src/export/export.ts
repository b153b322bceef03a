import type { AssembledImage } from '../image/assemble.ts';
import type { OutputOptions } from '../options.ts';
import type { OutputResult } from '../result.ts';
import type { ExportContext } from './export-context.ts';
import { type ExportSet, prepareSet } from './export-set.ts';
import { exportToStore } from './store-export.ts';

/** Hands the images of all platforms to one output. Nothing half-written stays behind when it fails. */
export async function exportImages(
  images: readonly AssembledImage[],
  output: OutputOptions,
  shared: ExportContext,
): Promise<OutputResult[]> {
  const context = contextOf(output, shared);
  // Each output loads only what it needs: most builds have one.
  if (output.type === 'docker' || (output.type === 'oci' && output.tar !== false)) {
    const { exportArchive } = await import('./archive.ts');
    return [{ type: output.type, dest: output.dest, descriptor: await exportArchive(images, output, context) }];
  }
  // The store keeps layers uncompressed; they are compressed when they leave it.
  const options = output.type === 'image' ? { compression: 'uncompressed' as const, ...output } : output;
  const exported = await prepareSet(images, options, context);
  const results = (dests: readonly string[]) =>
    dests.map((dest) => ({ type: output.type, dest, descriptor: exported.descriptor }));
  switch (output.type) {
    case 'oci':
      await (await import('./oci-folder.ts')).exportFolder(exported, output.dest, context);
      return results([output.dest]);
    case 'registry':
      return results(await named(exported, context, (await import('./registry-export.ts')).exportToRegistry));
    case 'image':
      return results(await named(exported, context, exportToStore));
    default:
      return output satisfies never;
  }
}

/** The names that the output has of its own, and no attestations where their place is not known. */
function contextOf(output: OutputOptions, context: ExportContext): ExportContext {
  const tags = 'name' in output ? output.name?.split(',') : undefined;
  const { attach, ...plain } = context;
  return {
    ...(output.type === 'docker' || attach === undefined ? plain : context),
    ...(tags === undefined ? {} : { tags }),
  };
}

type NamedExport = (exported: ExportSet, names: readonly string[], context: ExportContext) => Promise<void>;

async function named(exported: ExportSet, context: ExportContext, run: NamedExport): Promise<readonly string[]> {
  const names = context.tags;
  await run(exported, names, context);
  return names.length === 0 ? [''] : names;
}
