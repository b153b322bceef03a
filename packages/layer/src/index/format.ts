/**
 * A layer's index on disk, all numbers little-endian: a head, records of equal size, the order of the tar (numbers of
 * records), digests, and a heap of names and everything else of varying length. Records are in the order of
 * `flattenRows`, so the children of a directory follow one another.
 */
export const MAGIC = Buffer.from('TSBLAYR1', 'latin1');

export const HEAD = {
  /** CRC-32 of everything behind it: a torn or damaged file is noticed. */
  checksum: 8,
  records: 12,
  ordered: 16,
  digests: 20,
  heapBytes: 24,
  bytes: 32,
} as const;

export const RECORD = {
  /** In the heap. */
  nameAt: 0,
  nameBytes: 4,
  type: 6,
  flags: 7,
  mode: 8,
  parent: 12,
  uid: 16,
  gid: 20,
  mtime: 24,
  size: 32,
  /** File: offset in the tar (f64). Directory: first child, children. Device: major, minor. Symlink: target in the heap, bytes. */
  specific: 40,
  /** Record of the file that this is a further name of, or {@link NONE}. */
  linkOf: 48,
  /** Position in the heap of attributes, extents and foreign link target, or {@link NONE}. */
  extra: 52,
  /** Number of the digest, or {@link NONE}. */
  digest: 56,
  bytes: 64,
} as const;

export const NONE = 0xffffffff;
export const DIGEST_BYTES = 32;

export const RECORD_TYPES = ['file', 'directory', 'symlink', 'char', 'block', 'fifo', 'whiteout'] as const;

export const RECORD_FLAG = {
  isOpaque: 1,
  isImplicit: 2,
  /** The extra holds, in this order and only if flagged: attributes, extents, the link target outside of the layer. */
  hasXattrs: 4,
  hasExtents: 8,
  hasForeignLink: 16,
} as const;
