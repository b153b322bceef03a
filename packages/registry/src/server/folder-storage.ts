import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestHex, HashTap, systemErrorCode } from '@tsbuild/core';
import type { Storage, Upload } from './storage.ts';

/** Keeps blobs in `blobs/sha256`, as an OCI layout does, and the names of repositories and tags in `state.json`. */
export async function createFolderStorage(folder: string): Promise<Storage> {
  const blobs = join(folder, 'blobs', 'sha256');
  const uploads = join(folder, 'uploads');
  await mkdir(blobs, { recursive: true });
  await mkdir(uploads, { recursive: true });
  const pathOf = (digest: Digest): string => join(blobs, digestHex(digest));
  const statePath = join(folder, 'state.json');
  let saving = Promise.resolve();

  return {
    createUpload: () => createFolderUpload(join(uploads, randomUUID()), pathOf),
    size: (digest) => stat(pathOf(digest)).then(({ size }) => size, undefinedIfMissing),
    async *read(digest, start, end) {
      if (end > start) yield* createReadStream(pathOf(digest), { start, end: end - 1 });
    },
    saveState(state) {
      saving = saving.then(() => writeWhole(statePath, JSON.stringify(state)));
      return saving;
    },
    loadState: () => readFile(statePath, 'utf8').then((text) => JSON.parse(text), undefinedIfMissing),
  };
}

async function createFolderUpload(path: string, pathOf: (digest: Digest) => string): Promise<Upload> {
  const tap = new HashTap();
  const file = await open(path, 'wx');
  return {
    get size() {
      return tap.size;
    },
    async append(bytes) {
      tap.update(bytes);
      await file.appendFile(bytes);
    },
    async commit(digest) {
      await file.close();
      const isRight = tap.digest() === digest;
      await (isRight ? rename(path, pathOf(digest)) : rm(path));
      return isRight;
    },
    async discard() {
      await file.close();
      await rm(path, { force: true });
    },
  };
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

function undefinedIfMissing(error: unknown): undefined {
  if (systemErrorCode(error) === 'ENOENT') return undefined;
  throw error;
}
