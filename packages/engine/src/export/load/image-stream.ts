import { type ByteStream, type Descriptor, type Digest, digestHex } from '@tsbuild/core';
import { type TarPart, tarBytes } from '../../images/archive-bytes.ts';
import { once } from '../../once.ts';
import type { ExportContext } from '../export-context.ts';
import type { ExportSet } from '../export-set.ts';
import { dockerManifest, layoutFile, layoutIndex } from '../oci-layout.ts';

/** The archive that `docker load` and `ctr images import` read, without the blobs that the engine has. */
export function imageStream(
  exported: ExportSet,
  present: ReadonlySet<Digest>,
  context: ExportContext,
): AsyncGenerator<Uint8Array> {
  return tarBytes(imageParts(exported, present, context), context.signal);
}

async function* imageParts(
  exported: ExportSet,
  present: ReadonlySet<Digest>,
  context: ExportContext,
): AsyncGenerator<TarPart> {
  for (const blob of exported.blobs) if (!present.has(blob.digest)) yield blobPart(exported, blob, context);
  yield textPart('oci-layout', layoutFile());
  yield textPart('index.json', layoutIndex(exported.descriptor, context.tags));
  const [image] = exported.images;
  if (image !== undefined) yield textPart('manifest.json', dockerManifest(image, context.tags));
}

function blobPart({ target }: ExportSet, blob: Descriptor, context: ExportContext): TarPart {
  return {
    name: `blobs/sha256/${digestHex(blob.digest)}`,
    size: blob.size,
    open: async (signal) => counted(await target.fetch(blob, { signal }), blob, context),
  };
}

async function* counted(
  content: ByteStream,
  { digest, size }: Descriptor,
  { reporter, step }: ExportContext,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const bytes of content) {
    // The sender may keep the bytes while the next ones are read.
    yield Uint8Array.from(bytes);
    sent += bytes.byteLength;
    reporter.progress(step, digest, sent, size);
  }
}

function textPart(name: string, text: string): TarPart {
  const bytes = Buffer.from(text);
  return { name, size: bytes.length, open: async () => once(bytes) };
}
