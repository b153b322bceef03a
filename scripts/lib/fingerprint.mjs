import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Digest of the names, sizes and times of every file below `paths` (missing ones count as such). */
export function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths) addPath(hash, path);
  return hash.digest('hex');
}

function addPath(hash, path) {
  const info = statSync(path, { throwIfNoEntry: false });
  hash.update(`${path}\0${info === undefined ? '-' : info.isDirectory() ? 'd' : `${info.size} ${info.mtimeMs}`}\0`);
  if (!info?.isDirectory()) return;
  for (const name of readdirSync(path).sort()) addPath(hash, join(path, name));
}

/** The digest that {@link writeStamp} left in `file`, if any. */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

export function writeStamp(file, digest) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, digest);
}
