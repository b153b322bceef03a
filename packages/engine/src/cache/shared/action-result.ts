import { type Digest, digestHex } from '@tsbuild/core';

/** What a server of Bazel's remote cache keeps under a key: bytes, and the blobs without which the entry is worthless. */
export interface ActionResult {
  readonly stdout: Buffer;
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[];
}

/** Numbers of the fields in `ActionResult`, `OutputFile` and `Digest`. */
const FIELD = { outputFiles: 2, stdoutRaw: 5, path: 1, digest: 2, hash: 1, sizeBytes: 2 } as const;
const VARINT = 0;
const BYTES = 2;

/**
 * Encodes the message, so that servers which check what they are given accept it, and answer 404 once a blob is gone.
 * @see https://github.com/bazelbuild/remote-apis/blob/main/build/bazel/remote/execution/v2/remote_execution.proto
 */
export function encodeActionResult({ stdout, blobs }: ActionResult): Buffer {
  const files = blobs.map(({ digest, size }) => {
    const message = [bytesField(FIELD.hash, Buffer.from(digestHex(digest))), varintField(FIELD.sizeBytes, size)];
    const path = bytesField(FIELD.path, Buffer.from(digestHex(digest)));
    return bytesField(FIELD.outputFiles, Buffer.concat([path, bytesField(FIELD.digest, Buffer.concat(message))]));
  });
  return Buffer.concat([...files, bytesField(FIELD.stdoutRaw, stdout)]);
}

/** The bytes that the message carries; undefined when it is not such a message. */
export function actionStdout(message: Buffer): Buffer | undefined {
  for (let at = 0; at < message.length; ) {
    const tag = readVarint(message, at);
    const value = tag === undefined ? undefined : readVarint(message, tag.end);
    if (tag === undefined || value === undefined) return undefined;
    const kind = tag.value % 8;
    if (kind !== VARINT && kind !== BYTES) return undefined;
    const end = kind === VARINT ? value.end : value.end + value.value;
    if (end > message.length) return undefined;
    if (kind === BYTES && (tag.value - kind) / 8 === FIELD.stdoutRaw) return message.subarray(value.end, end);
    at = end;
  }
  return undefined;
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + BYTES), varint(bytes.length), bytes]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8 + VARINT), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Buffer.from([...bytes, rest]);
}

/** At most eight bytes: nothing here is larger than 2^53. */
function readVarint(message: Buffer, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let at = start; at < Math.min(message.length, start + 8); at++) {
    const byte = message[at] ?? 0;
    value += (byte % 0x80) * 0x80 ** (at - start);
    if (byte < 0x80) return Number.isSafeInteger(value) ? { value, end: at + 1 } : undefined;
  }
  return undefined;
}

/** Where an entry of this digest lies. */
export function casPath(digest: Digest): string {
  return `cas/${digestHex(digest)}`;
}

export function acPath(key: Digest): string {
  return `ac/${digestHex(key)}`;
}
