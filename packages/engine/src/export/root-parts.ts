import { type FileTree, formatPlatform, type TreeEntry, UsageError } from '@tsbuild/core';
import type { AssembledImage } from '../image/assemble.ts';
import type { AttestationsOf, ExportContext } from './export-context.ts';
import { walkRoot } from './walk-root.ts';

/** The files of one platform, and where in the output they go. */
export interface RootPart {
  readonly tree: FileTree;
  /** Folder of the platform such as `linux_arm64`; empty for the top. */
  readonly folder: string;
  readonly entries: readonly TreeEntry[];
}

/**
 * The root file systems of all platforms, each in a folder of its own if there are several or `split` says so.
 * @throws {UsageError} when platforms that are to share a folder have different files of one name
 */
export async function rootParts(
  images: readonly AssembledImage[],
  split: boolean | undefined,
  { layers, signal, attestationsOf }: ExportContext,
): Promise<readonly RootPart[]> {
  const isSplit = split ?? images.length > 1;
  const parts: RootPart[] = [];
  for (const { chain, platform } of images) {
    const tree = await layers.tree(chain, signal);
    const folder = isSplit ? formatPlatform(platform).replaceAll('/', '_') : '';
    parts.push({ tree, folder, entries: [...walkRoot(tree)] });
  }
  if (!isSplit) refuseOverlaps(parts, images);
  return attestationsOf === undefined ? parts : withAttestations(parts, images, attestationsOf, isSplit);
}

async function withAttestations(
  parts: readonly RootPart[],
  images: readonly AssembledImage[],
  attestationsOf: AttestationsOf,
  isSplit: boolean,
): Promise<readonly RootPart[]> {
  const { attestedRoot } = await import('./attested-root.ts');
  const isShared = !isSplit && images.length > 1;
  return parts.map((part, at) => {
    const image = images[at];
    return image === undefined ? part : attestedRoot(part, image, attestationsOf, isShared);
  });
}

function refuseOverlaps(parts: readonly RootPart[], images: readonly AssembledImage[]): void {
  const owners = new Map<string, number>();
  for (const [at, { entries }] of parts.entries())
    for (const { path, type } of entries) {
      const other = owners.get(path);
      if (type !== 'directory' && other !== undefined && other !== at) throw overlapping(path, images, [other, at]);
      owners.set(path, at);
    }
}

function overlapping(path: string, images: readonly AssembledImage[], which: readonly number[]): UsageError {
  const names = which.flatMap((at) => (images[at] === undefined ? [] : [formatPlatform(images[at].platform)]));
  return new UsageError(`${names.join(' and ')} both have /${path}, and platform-split is off`, {
    hint: 'leave platform-split out, so that each platform has a folder of its own',
  });
}
