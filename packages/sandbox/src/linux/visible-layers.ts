import type { OverlayNamespace } from '../archive-job.ts';
import { getXattr } from './libc.ts';

/** The folders, bottom first, that a folder whose root is opaque does not hide: the kernel ignores it on a root. */
export function visibleLayers(folders: readonly string[], overlay: OverlayNamespace): readonly string[] {
  const opaque = folders.findLastIndex((folder) => isOpaque(folder, overlay));
  return opaque === -1 ? folders : folders.slice(opaque);
}

export function isOpaque(path: string, overlay: OverlayNamespace): boolean {
  return getXattr(path, `${overlay}.overlay.opaque`)?.toString() === 'y';
}
