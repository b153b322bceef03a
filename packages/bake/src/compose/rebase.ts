import { isAbsolute, relative, resolve } from 'node:path';

/** Where the paths of a Compose file lead, seen from the working directory. */
export interface PathBase {
  /** Folder of the Compose file. */
  readonly folder: string;
  readonly cwd: string;
}

/** A path of a Compose file is relative to its folder; URLs and the like stay as they are. */
export function rebase(path: string, { folder, cwd }: PathBase): string {
  if (isAbsolute(path) || isRemote(path)) return path;
  if (path.startsWith('~')) return path;
  return relative(cwd, resolve(folder, path)) || '.';
}

/** `target:`, `docker-image://`, `https://…`, `git@host:…` */
function isRemote(place: string): boolean {
  return /^(?:[a-z][a-z0-9+-]*:|git@|github\.com\/)/.test(place);
}
