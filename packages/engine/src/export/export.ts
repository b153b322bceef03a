import { formatReference, parseReference } from '@tsbuild/core';
import type { AssembledImage } from '../image/assemble.ts';
import { squashed } from '../image/squash/squashed.ts';
import type { DockerOutput, OciOutput, OutputOptions, RegistryOutput, StoreOutput } from '../options.ts';
import type { OutputResult } from '../result.ts';
import type { ExportContext } from './export-context.ts';
import { type ExportSet, prepareSet } from './export-set.ts';
import { namesOf, storeNames, untagged } from './output-names.ts';
import { exportToStore } from './store-export.ts';

/** Hands the images of all platforms to one output. Nothing half-written stays behind when it fails. */
export async function exportImages(
  built: readonly AssembledImage[],
  output: OutputOptions,
  shared: ExportContext,
): Promise<OutputResult[]> {
  const context = contextOf(output, shared);
  const images = await squashed(built, 'squash' in output ? output.squash : undefined, context);
  // Each output loads only what it needs: most builds have one.
  switch (output.type) {
    case 'local':
      await (await import('./local-export.ts')).exportLocal(images, output, context);
      return [{ type: output.type, dest: output.dest }];
    case 'tar':
      await (await import('./tar-export.ts')).exportTar(images, output, context);
      return [{ type: output.type, dest: output.dest }];
    case 'oci':
    case 'docker':
      return exportLayout(images, output, context);
    case 'registry':
      return push(await prepareSet(images, output, context), output, context);
    case 'image':
      // The store keeps layers uncompressed; they are compressed when they leave it.
      return keep(await prepareSet(images, { compression: 'uncompressed', ...output }, context), output, context);
    default:
      return output satisfies never;
  }
}

/** The names that the output has of its own, and no attestations where their place is not known. */
function contextOf(output: OutputOptions, { attach, ...plain }: ExportContext): ExportContext {
  const tags = 'name' in output ? namesOf(output, plain.tags) : plain.tags;
  return { ...plain, ...(output.type === 'docker' || attach === undefined ? {} : { attach }), tags };
}

async function exportLayout(
  images: readonly AssembledImage[],
  output: OciOutput | DockerOutput,
  context: ExportContext,
): Promise<OutputResult[]> {
  const { type, dest } = output;
  if (output.type === 'docker' && output.dest === undefined) {
    const { loadImage } = await import('./load/load-image.ts');
    return [{ type, ...(await loadImage(images, output, context)) }];
  }
  if (dest === undefined) throw new Error('an output of type oci has a dest');
  if (output.type === 'docker' || output.tar !== false) {
    const { exportArchive } = await import('./archive.ts');
    return [{ type, dest, descriptor: await exportArchive(images, { ...output, dest }, context) }];
  }
  const exported = await prepareSet(images, output, context);
  await (await import('./oci-folder.ts')).exportFolder(exported, dest, context);
  return [{ type, dest, descriptor: exported.descriptor }];
}

async function push(exported: ExportSet, output: RegistryOutput, context: ExportContext): Promise<OutputResult[]> {
  const { descriptor } = exported;
  const references = context.tags.map(output.pushByDigest === true ? untagged : parseReference);
  await (await import('./registry-export.ts')).exportToRegistry(exported, references, context);
  return references.map((reference, at) => {
    const dest =
      reference.tag === undefined
        ? formatReference({ ...reference, digest: descriptor.digest })
        : (context.tags[at] ?? '');
    return { type: 'registry', dest, descriptor };
  });
}

async function keep(exported: ExportSet, output: StoreOutput, context: ExportContext): Promise<OutputResult[]> {
  const { descriptor } = exported;
  const names = storeNames(context.tags, output, descriptor.digest);
  await exportToStore(exported, names, context);
  return (names.length === 0 ? [''] : names).map((dest) => ({ type: 'image', dest, descriptor }));
}
