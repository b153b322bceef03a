import { statfsSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';

/** `OVERLAYFS_SUPER_MAGIC` of linux/magic.h. */
export const OVERLAY = 0x794c7630;

/** `TMPFS_MAGIC`. */
const TMPFS = 0x01021994;

/**
 * Names the reason where overlays do not work because of the file system that the store's folder lies on: an overlay, as
 * in a container, or a tmpfs, which before Linux 6.6 keeps none of the attributes that overlays of ordinary users need.
 */
export function explainOverlay(error: unknown, folder: string): unknown {
  const { type } = statfsSync(folder);
  if (type === OVERLAY && String(error).includes('mount overlay'))
    return refusal('the store lies on an overlay, which takes no other overlay', error);
  if (type === TMPFS && String(error).includes('EIO'))
    return refusal('the store lies on a tmpfs, which before Linux 6.6 takes no overlay of an ordinary user', error);
  return error;
}

function refusal(reason: string, cause: unknown): TsbuildError {
  const hint = 'put the store on another file system, as a volume: --root or TSBUILD_ROOT';
  return new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', reason, { cause, hint });
}
