import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { type Digest, digestFromHex, toFsPath } from '@tsbuild/core';

const BUFFER_BYTES = 1024 * 1024;
const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

/** Of a file's content. */
export function digestFile(path: string): Digest {
  const hash = createHash('sha256');
  const fd = openSync(toFsPath(path), 'r');
  try {
    for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
      hash.update(buffer.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
  return digestFromHex(hash.digest('hex'));
}
