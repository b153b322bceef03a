import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Facts } from './tree-facts.ts';

interface FoundFile {
  readonly path: string;
  readonly info: Stats;
}

/** Facts of everything in a folder of this machine, as {@link treeFacts} tells them of an image; xattrs are left out. */
export async function folderFacts(root: string): Promise<Map<string, Facts>> {
  const found = await walk(root, '');
  const firstNames = firstNamesOf(found);
  const facts = new Map<string, Facts>();
  for (const file of found) facts.set(file.path, await factsOf(root, file, firstNames));
  return facts;
}

async function walk(root: string, folder: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const name of (await readdir(join(root, folder))).sort()) {
    const path = `${folder}/${name}`;
    const info = await lstat(join(root, path));
    found.push({ path, info });
    if (info.isDirectory()) found.push(...(await walk(root, path)));
  }
  return found;
}

function firstNamesOf(found: readonly FoundFile[]): Map<number, string> {
  const first = new Map<number, string>();
  for (const { path, info } of [...found].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (info.nlink > 1 && !info.isDirectory() && !first.has(info.ino)) first.set(info.ino, path);
  }
  return first;
}

async function factsOf(
  root: string,
  { path, info }: FoundFile,
  firstNames: ReadonlyMap<number, string>,
): Promise<Facts> {
  const first = firstNames.get(info.ino);
  return {
    type: typeOf(info),
    mode: info.isSymbolicLink() ? '0777' : (info.mode & 0o7777).toString(8).padStart(4, '0'),
    uid: info.uid,
    gid: info.gid,
    ...(info.isFile() ? { sha256: await sha256(join(root, path)), size: info.size } : {}),
    ...(info.isSymbolicLink() ? { link: await readlink(join(root, path)) } : {}),
    ...(first === undefined || first === path ? {} : { hardlinkTo: first }),
  };
}

function typeOf(info: Stats): string {
  if (info.isDirectory()) return 'directory';
  if (info.isSymbolicLink()) return 'symlink';
  if (info.isFIFO()) return 'fifo';
  if (info.isFile()) return 'file';
  return info.isCharacterDevice() ? 'char' : 'block';
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
