import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { baseName, parentPath, SolveError, type TreeEntry, toFsPath } from '@tsbuild/core';

/** Names of one directory that some file system may take for one, such as `README` and `readme`. */
export type Collision = readonly [string, string];

/** The pairs of names that differ only in case, or in how Unicode writes the same letters. */
export function nameCollisions(entries: Iterable<Pick<TreeEntry, 'path'>>): readonly Collision[] {
  const seen = new Map<string, string>();
  const collisions: Collision[] = [];
  for (const { path } of entries) {
    const key = `${parentPath(path)}/${folded(baseName(path))}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, path);
    else collisions.push([first, path]);
  }
  return collisions;
}

/** As coarse as any file system folds: whether this one does is for it to say. */
function folded(name: string): string {
  return name.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
}

/**
 * Refuses to write files into a folder whose file system takes two of their names for one: the second would replace the
 * first. Asks the file system itself, in a folder that is removed again.
 * @throws {SolveError} ERR_TSBUILD_OUTPUT naming both
 */
export async function refuseCollisions(collisions: readonly Collision[], dest: string): Promise<void> {
  if (collisions.length === 0) return;
  const probe = mkdtempSync(join(dest, '.tsbuild-'));
  try {
    for (const [first, second] of collisions) {
      writeFileSync(inProbe(probe, first), '');
      const isOne = await lstat(inProbe(probe, second)).then(
        () => true,
        () => false,
      );
      if (isOne) throw colliding(first, second, dest);
      rmSync(inProbe(probe, first));
    }
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

function inProbe(probe: string, path: string): string | Buffer {
  return toFsPath(`${probe}/${baseName(path)}`);
}

function colliding(first: string, second: string, dest: string): SolveError {
  const names = `${JSON.stringify(`/${first}`)} and ${JSON.stringify(`/${second}`)}`;
  return new SolveError('ERR_TSBUILD_OUTPUT', `${names} are one name on the file system of ${dest}`, {
    hint: 'write to a file system that tells them apart, or use type=tar',
  });
}
