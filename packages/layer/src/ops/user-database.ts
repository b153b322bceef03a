import { type FileTree, readTreeFile, resolvePath, SolveError } from '@tsbuild/core';

/** As much as BuildKit reads. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** The entry of a user in `/etc/passwd`, undefined when there is none or no such file. */
export async function findUser(tree: FileTree, name: string): Promise<{ uid: number; gid: number } | undefined> {
  const fields = await findLine(tree, 'etc/passwd', name);
  return fields === undefined ? undefined : { uid: toId(fields[2]), gid: toId(fields[3]) };
}

/** The id of a group in `/etc/group`, undefined when there is none or no such file. */
export async function findGroup(tree: FileTree, name: string): Promise<number | undefined> {
  const fields = await findLine(tree, 'etc/group', name);
  return fields === undefined ? undefined : toId(fields[2]);
}

/** Fields of the first line that begins with the name. */
async function findLine(tree: FileTree, path: string, name: string): Promise<string[] | undefined> {
  const text = await readDatabase(tree, path);
  return text
    .split('\n')
    .map((line) => line.trim().split(':'))
    .find(([first]) => first === name);
}

async function readDatabase(tree: FileTree, path: string): Promise<string> {
  const { entry } = resolvePath(tree, path);
  if (entry === undefined) return '';
  if (entry.type !== 'file') throw new SolveError('ERR_TSBUILD_COPY', `"/${path}" is not a regular file`);
  if (entry.size > MAX_FILE_BYTES) {
    throw new SolveError('ERR_TSBUILD_COPY', `"/${path}" is larger than ${MAX_FILE_BYTES} bytes`);
  }
  return (await readTreeFile(tree, entry.path, MAX_FILE_BYTES)).toString('utf8');
}

/** A field that is no number counts as 0. */
function toId(field: string | undefined): number {
  return field !== undefined && /^[0-9]{1,10}$/.test(field) ? Number(field) : 0;
}
