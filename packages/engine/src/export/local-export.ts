import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssembledImage } from '../image/assemble.ts';
import type { LocalOutput } from '../options.ts';
import { type ExportContext, writeFailed } from './export-context.ts';
import { deleteOthers } from './local-delete.ts';
import { makeDirectory, writeLocal } from './local-writer.ts';
import { nameCollisions, refuseCollisions } from './name-collisions.ts';
import { type RootPart, rootParts } from './root-parts.ts';

/** Writes the files of the images into a folder. They belong to the caller; devices, sockets and FIFOs are left out. */
export async function exportLocal(
  images: readonly AssembledImage[],
  { dest, mode = 'copy', platformSplit }: LocalOutput,
  context: ExportContext,
): Promise<void> {
  const parts = await rootParts(images, platformSplit, context);
  try {
    await mkdir(dest, { recursive: true });
    for (const { entries } of parts) await refuseCollisions(nameCollisions(entries.filter(isWritten)), dest);
    if (mode === 'delete') deleteOthers(dest, writtenPaths(parts));
    for (const { tree, entries, folder } of parts) {
      const root = join(dest, folder);
      if (folder !== '') makeDirectory(root);
      await writeLocal(tree, entries.filter(isWritten), root, context.signal);
    }
  } catch (error) {
    throw writeFailed(dest, error, context);
  }
  tellSkipped(parts, context);
}

function isWritten({ type }: RootPart['entries'][number]): boolean {
  return type === 'file' || type === 'directory' || type === 'symlink';
}

function writtenPaths(parts: readonly RootPart[]): ReadonlySet<string> {
  const paths = parts.flatMap(({ folder, entries }) => {
    const own = entries.filter(isWritten).map(({ path }) => join(folder, path));
    return folder === '' ? own : [folder, ...own];
  });
  return new Set(paths);
}

function tellSkipped(parts: readonly RootPart[], { reporter, step }: ExportContext): void {
  for (const { path } of parts.flatMap(({ entries }) => entries.filter((entry) => !isWritten(entry))))
    reporter.log(step, 'stderr', Buffer.from(`left out /${path}: devices and FIFOs are not written to folders\n`));
}
