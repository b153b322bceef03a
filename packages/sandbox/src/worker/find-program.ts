import { closeSync, fstatSync } from 'node:fs';
import { openInRoot } from './root-path.ts';

/** A program, or why there is none: the exit status that a shell would give and what to print. */
export type FoundProgram =
  | { readonly path: string }
  | { readonly path?: undefined; readonly exitCode: 126 | 127; readonly message: string };

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Looks `program` up in the `PATH` of `env` inside the root, relative to `cwd` where it contains a slash. */
export function findProgram(
  root: number,
  program: string,
  { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
): FoundProgram {
  if (program.includes('/')) {
    const path = program.startsWith('/') ? program : `${cwd}/${program}`;
    const found = inspect(root, path);
    if (found === 'executable') return { path };
    const reason = found === 'missing' ? 'no such file or directory' : 'permission denied';
    return { exitCode: found === 'missing' ? 127 : 126, message: `exec: ${JSON.stringify(program)}: ${reason}` };
  }
  for (const folder of (env.PATH ?? DEFAULT_PATH).split(':')) {
    const path = `${folder.startsWith('/') ? folder : `${cwd}/${folder}`}/${program}`;
    if (inspect(root, path) === 'executable') return { path };
  }
  return { exitCode: 127, message: `exec: ${JSON.stringify(program)}: executable file not found in $PATH` };
}

function inspect(root: number, path: string): 'executable' | 'not-executable' | 'missing' {
  let fd: number | undefined;
  try {
    fd = openInRoot(root, path)?.fd;
    if (fd === undefined) return 'missing';
    const stats = fstatSync(fd);
    return stats.isFile() && (stats.mode & 0o111) !== 0 ? 'executable' : 'not-executable';
  } catch {
    return 'missing'; // a part of the path is a file, or a loop of symlinks
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
