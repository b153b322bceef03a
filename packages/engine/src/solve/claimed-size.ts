import { statfs } from 'node:fs/promises';
import { type ByteStream, TsbuildError } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import type { ChainLayer } from './chain.ts';

/** A stream that ends with an error at the first byte beyond what was claimed: a small blob may decompress to any size. */
export async function* atMost(
  size: number,
  source: ByteStream,
  tooLarge: (read: number) => TsbuildError = () =>
    new TsbuildError('ERR_TSBUILD_TOO_LARGE', `a layer has more than the ${size} bytes claimed`),
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const bytes of source) {
    read += bytes.byteLength;
    if (read > size) throw tooLarge(read);
    yield bytes;
  }
}

/** @throws {TsbuildError} ERR_TSBUILD_TOO_LARGE where a layer of a shared cache claims more than the disk of the store has free */
export async function checkClaimedSize({ remote }: ChainLayer, { root }: Pick<Store, 'root'>): Promise<void> {
  const { tarSize = 0 } = remote ?? {};
  const { bavail, bsize } = await statfs(root);
  if (tarSize <= bavail * bsize) return;
  throw new TsbuildError('ERR_TSBUILD_TOO_LARGE', `a layer of ${tarSize} bytes does not fit on the disk of the store`);
}
