import { readTar } from '../src/tar/read-tar.ts';
import type { ReadTarOptions, TarEntry } from '../src/tar/tar-entry.ts';
import { collect, streamOf } from './archive.ts';

/** Every entry of an archive with its contents as text. */
export async function readAll(
  tar: Uint8Array,
  options: ReadTarOptions = {},
  chunkBytes?: number,
): Promise<{ entry: TarEntry; content: string }[]> {
  const members: { entry: TarEntry; content: string }[] = [];
  for await (const { entry, content } of readTar(streamOf(tar, chunkBytes), options)) {
    members.push({ entry, content: (await collect(content)).toString('latin1') });
  }
  return members;
}

/** `type path` of every entry. */
export async function listAll(tar: Uint8Array, options: ReadTarOptions = {}): Promise<string[]> {
  return (await readAll(tar, options)).map(({ entry }) => `${entry.type} ${entry.path}`);
}
