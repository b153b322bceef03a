import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { openInRoot } from './root-path.ts';

const MAX_BYTES = 16 * 1024 * 1024;

/** Text of a regular file in a root, undefined when there is none. Nothing but a regular file is ever opened. */
export function readInRoot(root: number, path: string): string | undefined {
  const place = openInRoot(root, path);
  if (place === undefined) return undefined;
  try {
    const stats = fstatSync(place.fd);
    if (!stats.isFile() || stats.size > MAX_BYTES) return undefined;
    return readFileSync(`/proc/self/fd/${place.fd}`, 'utf8');
  } finally {
    closeSync(place.fd);
  }
}
