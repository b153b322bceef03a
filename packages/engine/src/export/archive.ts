import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ByteStream, type Descriptor, digestHex } from '@tsbuild/core';
import { pack } from 'tar-stream';
import { type ExportContext, type ExportImage, writeFailed } from './export-context.ts';
import { dockerManifest, imageBlobs, layoutFile, layoutIndex } from './oci-layout.ts';

/**
 * Writes an OCI archive, or with `isDocker` one that `docker load` of any version reads as well. The file appears under
 * its name when it is complete.
 */
export async function exportArchive(
  exported: ExportImage,
  dest: string,
  isDocker: boolean,
  context: ExportContext,
): Promise<void> {
  const partial = join(dirname(dest), `.${basename(dest)}.${process.pid}.partial`);
  try {
    await writeArchive(exported, partial, isDocker, context);
    await rename(partial, dest);
  } catch (error) {
    await rm(partial, { force: true });
    throw writeFailed(dest, error, context);
  }
}

async function writeArchive(
  exported: ExportImage,
  path: string,
  isDocker: boolean,
  context: ExportContext,
): Promise<void> {
  const tar = pack();
  const written = pipeline(
    tar,
    createWriteStream(path, { highWaterMark: 1024 * 1024 }),
    ...(context.signal === undefined ? [] : [{ signal: context.signal }]),
  );
  const filled = fill(tar, exported, isDocker, context).catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  const [first, second] = await Promise.allSettled([filled, written]);
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
}

type Pack = ReturnType<typeof pack>;

async function fill(tar: Pack, exported: ExportImage, isDocker: boolean, context: ExportContext): Promise<void> {
  const { tags } = context;
  addText(tar, 'oci-layout', layoutFile());
  addText(tar, 'index.json', layoutIndex(exported.descriptor, tags));
  if (isDocker) addText(tar, 'manifest.json', dockerManifest(exported, tags));
  for (const blob of imageBlobs(exported)) {
    await addBlob(tar, blob, await exported.target.fetch(blob, { signal: context.signal }), context);
  }
  tar.finalize();
}

/** Fixed owner, mode and time: equal images are equal archives. */
const FIXED = { mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) } as const;

function addText(tar: Pack, name: string, text: string): void {
  tar.entry({ ...FIXED, name }, text);
}

async function addBlob(
  tar: Pack,
  { digest, size }: Descriptor,
  content: ByteStream,
  { reporter, step }: ExportContext,
): Promise<void> {
  const entry = tar.entry({ ...FIXED, name: `blobs/sha256/${digestHex(digest)}`, size });
  let current = 0;
  for await (const bytes of content) {
    current += bytes.byteLength;
    if (!entry.write(bytes)) await drained(entry);
    reporter.progress(step, digest, current, size);
  }
  entry.end(undefined);
}

/** Settles when more may be written, or when the stream ended or failed and writing says so itself. */
async function drained(stream: NodeJS.EventEmitter): Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]);
  ended.abort();
}
