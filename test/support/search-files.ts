import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { mustRun } from './command.ts';

const COMPRESSED: readonly (readonly [command: string, magic: string])[] = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
];

/** Names of the files below `folder` whose name or content has a text, also where the content is compressed; for each text. */
export async function filesWith(folder: string, texts: readonly string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = Object.fromEntries(texts.map((text) => [text, []]));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const content = entry.isFile() ? await contentOf(path) : Buffer.of();
    for (const text of texts) {
      if (entry.name.includes(text) || content.includes(text)) found[text]?.push(relative(folder, path));
    }
  }
  return found;
}

async function contentOf(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  const start = bytes.toString('hex', 0, 4);
  const command = COMPRESSED.find(([, magic]) => start.startsWith(magic))?.[0];
  if (command === undefined) return bytes;
  return Buffer.from(await mustRun([command, '--decompress', '--stdout', path]));
}
