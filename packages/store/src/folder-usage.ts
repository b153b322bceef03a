import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lookAt, rethrowUnlessMiss } from './system-errors.ts';

/** Bytes of the files at and below `path`; a file with several names counts once. What cannot be read counts nothing. */
export async function bytesBelow(path: string, signal: AbortSignal | undefined): Promise<number> {
  const counted = new Set<string>();
  const pending = [path];
  let bytes = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    signal?.throwIfAborted();
    const stat = lookAt(next);
    if (stat?.isDirectory()) {
      const names = (await readdir(next).catch(rethrowUnlessMiss)) ?? [];
      for (const name of names) pending.push(join(next, name));
    } else if (stat !== undefined && (stat.nlink === 1 || isFirst(counted, `${stat.dev}:${stat.ino}`))) {
      bytes += stat.size;
    }
  }
  return bytes;
}

function isFirst(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}
