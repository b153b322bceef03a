import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { parse, relative, resolve, sep } from 'node:path';
import { decodeName, toFsPath, UsageError } from '@tsbuild/core';

/**
 * Removes from `dest` what is not among `paths`. Symlinks are removed as such and never followed.
 */
export function deleteOthers(dest: string, paths: ReadonlySet<string>): void {
  const visit = (directory: string): void => {
    for (const buffer of readdirSync(toFsPath(`${dest}${directory}`), { encoding: 'buffer' })) {
      const path = `${directory}/${decodeName(buffer)}`;
      const place = toFsPath(`${dest}${path}`);
      if (!paths.has(path.slice(1))) rmSync(place, { recursive: true, force: true });
      else if (lstatSync(place).isDirectory()) visit(path);
    }
  };
  visit('');
}

/** Refuses folders that nobody means to empty. @throws {UsageError} */
export function checkDeletable(dest: string, context: unknown): void {
  const target = resolve(dest);
  const what =
    target === parse(target).root
      ? 'the root directory'
      : holds(target, homedir())
        ? 'the home directory'
        : typeof context === 'string' && holds(target, resolve(context))
          ? 'the build context'
          : undefined;
  if (what === undefined) return;
  throw new UsageError(`mode=delete would remove files of ${what} from ${target}`, {
    hint: 'name a folder that holds nothing but the output',
  });
}

function holds(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}
