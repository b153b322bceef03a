import { statfsSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';

/** `OVERLAYFS_SUPER_MAGIC` of linux/magic.h. */
export const OVERLAY = 0x794c7630;

/** Names the reason where overlays cannot be mounted because the store's folder lies on one, as in a container. */
export function explainOverlay(error: unknown, folder: string): unknown {
  if (!String(error).includes('mount overlay') || statfsSync(folder).type !== OVERLAY) return error;
  return new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', 'the store lies on an overlay, which takes no other overlay', {
    cause: error,
    hint: 'put the store on another file system, as a volume: --root or TSBUILD_ROOT',
  });
}
