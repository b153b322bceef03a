import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Store } from '@tsbuild/store';

/**
 * The files of a cache mount lie one folder deeper than what the store knows: commands may give theirs to another id, and
 * what belongs to another id cannot be marked as used, nor be moved.
 */
export const MOUNT_FILES = 'files';

/** Name of a cache mount's folder, among those of the store. */
export function mountName(id: string): string {
  return createHash('sha256').update(`${MOUNT_FILES} ${id}`).digest('hex').slice(0, 32);
}

/** The store's folder of a cache mount, whether it is there or not. */
export function mountFolder(store: Pick<Store, 'directory'>, id: string): string {
  return join(store.directory('mounts'), mountName(id));
}
