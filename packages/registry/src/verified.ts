import { type ByteStream, type Descriptor, DigestMismatchError, HashTap, SizeMismatchError } from '@tsbuild/core';

/**
 * The same bytes, checked: the last chunk is given out only after size and digest of the whole proved right, and
 * nothing is read beyond the declared size.
 * @throws {SizeMismatchError} @throws {DigestMismatchError}
 */
export async function* verified(content: ByteStream, { digest, size }: Descriptor): AsyncGenerator<Uint8Array> {
  const tap = new HashTap();
  let last: Uint8Array | undefined;
  for await (const bytes of content) {
    if (bytes.byteLength === 0) continue;
    if (last !== undefined) yield last;
    tap.update(bytes);
    if (tap.size > size) throw new SizeMismatchError(size, tap.size, { hint: `${digest} is longer than declared` });
    last = bytes;
  }
  if (tap.size !== size) throw new SizeMismatchError(size, tap.size, { hint: `${digest} is shorter than declared` });
  const actual = tap.digest();
  if (actual !== digest) throw new DigestMismatchError(digest, actual);
  if (last !== undefined) yield last;
}
