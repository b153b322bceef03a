import type { ByteStream } from '@tsbuild/core';

/** Fields of a header as strings of bytes, to be filled with anything. */
export interface HeaderFields {
  readonly name: string;
  readonly type?: string;
  readonly mode?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly size?: number | string;
  readonly mtime?: string;
  readonly link?: string;
  readonly magic?: string;
  readonly major?: string;
  readonly minor?: string;
  readonly prefix?: string;
  /** Instead of the right one. */
  readonly checksum?: string;
}

/** One header block, written independently of the code under test. */
export function header(fields: HeaderFields): Buffer {
  const {
    type = '0',
    mode = '0000644\0',
    uid = '0000000\0',
    gid = '0000000\0',
    size = 0,
    mtime = '00000000000\0',
  } = fields;
  const block = Buffer.alloc(512);
  const put = (at: number, bytes: string): number => block.write(bytes, at, 'latin1');
  put(0, fields.name);
  put(100, mode);
  put(108, uid);
  put(116, gid);
  put(124, typeof size === 'string' ? size : `${size.toString(8).padStart(11, '0')}\0`);
  put(136, mtime);
  put(148, '        ');
  put(156, type);
  put(157, fields.link ?? '');
  put(257, fields.magic ?? 'ustar\x0000');
  put(329, fields.major ?? '0000000\0');
  put(337, fields.minor ?? '0000000\0');
  put(345, fields.prefix ?? '');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, fields.checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** Contents filled up to a whole block. */
export function padded(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** A file of an archive. */
export function member(name: string, content = '', fields: Partial<HeaderFields> = {}): Buffer {
  return Buffer.concat([header({ name, size: Buffer.byteLength(content), ...fields }), padded(content)]);
}

/** An extended header; `records` are whole lines without their lengths. */
export function pax(records: Readonly<Record<string, string | Buffer>>, type = 'x'): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
    let length = rest.length + 1;
    while (rest.length + String(length).length !== length) length++;
    return Buffer.concat([Buffer.from(String(length)), rest]);
  });
  const body = Buffer.concat(lines);
  return Buffer.concat([header({ name: 'PaxHeaders/x', type, size: body.length }), padded(body)]);
}

export const END = Buffer.alloc(1024);

/** The parts and the end marker. */
export function archive(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([...parts, END]);
}

/** Bytes as a stream of chunks of this size. */
export async function* streamOf(bytes: Uint8Array, chunkBytes = bytes.length || 1): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** Everything that a stream gives. */
export async function collect(stream: ByteStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of stream) parts.push(Buffer.from(bytes));
  return Buffer.concat(parts);
}
