import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { mustRun } from './command.ts';

const COMPRESSED: readonly (readonly [command: string, magic: string])[] = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
];

/** Names of the files below `folder` whose name or content has `text`, also where the content is compressed. */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isFound = entry.name.includes(text) || (entry.isFile() && (await contentOf(path)).includes(text));
    if (isFound) found.push(relative(folder, path));
  }
  return found.sort();
}

async function contentOf(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  const start = bytes.toString('hex', 0, 4);
  const command = COMPRESSED.find(([, magic]) => start.startsWith(magic))?.[0];
  if (command === undefined) return bytes;
  return Buffer.from(await mustRun([command, '--decompress', '--stdout', path]));
}
