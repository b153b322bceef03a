/** `path` without `.`, `..` and doubled slashes, always absolute; a `..` at the root stays there. */
export function cleanAbsolute(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Joins `path` to the working directory. A final `/` or `/.` is kept as a slash: it says that a directory is meant. */
export function resolveTarget(workdir: string, path: string): string {
  const text = path === '' ? '.' : path;
  const clean = cleanAbsolute(text.startsWith('/') ? text : `${workdir}/${text}`);
  const isDirectory = text === '.' || text.endsWith('/') || text.endsWith('/.');
  return isDirectory && clean !== '/' ? `${clean}/` : clean;
}

/** The value of WORKDIR after another: kept as written when it is absolute, joined and cleaned when relative. */
export function resolveWorkdir(current: string | undefined, path: string): string {
  if (path.startsWith('/')) return path;
  return cleanAbsolute(`${current ?? '/'}/${path}`);
}
