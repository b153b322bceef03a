const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * File names on Linux are bytes, in JavaScript they are strings. Bytes that are not UTF-8 become the lone surrogates
 * U+DC80 … U+DCFF (one a byte, as in PEP 383), so that every name survives the way there and back.
 */
export function decodeName(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  return text.includes('\uFFFD') && !Buffer.from(text, 'utf8').equals(buffer) ? decodeEscaped(buffer) : text;
}

/** The bytes of a name made by {@link decodeName}. */
export function encodeName(name: string): Buffer {
  return hasEscapedBytes(name) ? encodeEscaped(name) : Buffer.from(name, 'utf8');
}

/** What `node:fs` wants: the string itself unless it holds escaped bytes. */
export function toFsPath(name: string): string | Buffer {
  return hasEscapedBytes(name) ? encodeEscaped(name) : name;
}

/** True for a name that is not valid UTF-8 on disk. */
export function hasEscapedBytes(name: string): boolean {
  return LONE_SURROGATE.test(name);
}

function decodeEscaped(buffer: Buffer): string {
  let text = '';
  for (let at = 0; at < buffer.length; ) {
    const length = sequenceLength(buffer, at);
    text += length === 0 ? String.fromCharCode(0xdc00 + (buffer[at] ?? 0)) : buffer.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return text;
}

/** Bytes of the valid UTF-8 sequence at `at`, 0 when there is none. */
function sequenceLength(buffer: Buffer, at: number): number {
  const lead = buffer[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  const slice = buffer.subarray(at, at + length);
  return slice.length === length && Buffer.from(slice.toString('utf8'), 'utf8').equals(slice) ? length : 0;
}

function encodeEscaped(name: string): Buffer {
  const parts: Buffer[] = [];
  for (const char of name) {
    const unit = char.charCodeAt(0);
    const isByte = char.length === 1 && unit >= 0xdc80 && unit <= 0xdcff;
    parts.push(isByte ? Buffer.of(unit - 0xdc00) : Buffer.from(char, 'utf8'));
  }
  return Buffer.concat(parts);
}
