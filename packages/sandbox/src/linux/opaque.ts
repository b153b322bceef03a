import type { OverlayNamespace } from '../archive-job.ts';
import { getXattr } from './libc.ts';

/** Whether an overlay shows nothing of what lies below this folder; on the root of a layer the kernel ignores it. */
export function isOpaque(path: string, overlay: OverlayNamespace): boolean {
  return getXattr(path, `${overlay}.overlay.opaque`)?.toString() === 'y';
}
