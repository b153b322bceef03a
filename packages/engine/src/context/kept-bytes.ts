/** What small files had in them when they were hashed, so that packing them need not read them again. */
export interface KeptBytes {
  /** Copies the bytes, as long as there is room. */
  keep(path: string, bytes: Uint8Array): void;
  /** The bytes of a file of `size`, once; undefined when they were not kept. */
  take(path: string, size: number): Uint8Array | undefined;
}

const SLAB_BYTES = 1024 * 1024;

interface Slab {
  readonly bytes: Buffer;
  filled: number;
  /** Files in it that were not taken yet. */
  left: number;
}

/** Holds up to `slabs` MiB, in large pieces, so that a file costs little beside its bytes. A piece goes with its last file. */
export function createKeptBytes(slabs: number): KeptBytes {
  /** The number of the slab, and where in it the file begins. */
  const places = new Map<string, number>();
  const kept = new Map<number, Slab>();
  let last = 0;

  function slabFor(size: number): Slab | undefined {
    const current = kept.get(last);
    if (current !== undefined && current.filled + size <= SLAB_BYTES) return current;
    if (kept.size === slabs || size > SLAB_BYTES) return undefined;
    last += 1;
    const slab = { bytes: Buffer.allocUnsafeSlow(SLAB_BYTES), filled: 0, left: 0 };
    kept.set(last, slab);
    return slab;
  }

  return {
    keep(path, bytes) {
      const slab = places.has(path) ? undefined : slabFor(bytes.byteLength);
      if (slab === undefined) return;
      places.set(path, last * SLAB_BYTES + slab.filled);
      slab.bytes.set(bytes, slab.filled);
      slab.filled += bytes.byteLength;
      slab.left += 1;
    },
    take(path, size) {
      const place = places.get(path);
      if (place === undefined) return undefined;
      places.delete(path);
      const number = Math.floor(place / SLAB_BYTES);
      const slab = kept.get(number);
      if (slab === undefined) return undefined;
      slab.left -= 1;
      if (slab.left === 0) kept.delete(number);
      const start = place % SLAB_BYTES;
      return slab.bytes.subarray(start, start + size);
    },
  };
}
