/** What small files had in them when they were hashed, so that packing them need not read them again. */
export interface KeptBytes {
  /** Copies the bytes of the file with this number, as long as there is room. */
  keep(number: number, bytes: Uint8Array): void;
  /** The bytes of a file of `size`, once; undefined when they were not kept. */
  take(number: number, size: number): Uint8Array | undefined;
}

const SLAB_BYTES = 1024 * 1024;
const FIRST_PLACES = 1024;

interface Slab {
  readonly bytes: Buffer;
  filled: number;
  /** Files in it that were not taken yet. */
  left: number;
}

/** Holds up to `slabs` MiB, in large pieces, so that a file costs little beside its bytes. A piece goes with its last file. */
export function createKeptBytes(slabs: number): KeptBytes {
  const places = new Places();
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
    keep(number, bytes) {
      const slab = places.get(number) === NOWHERE ? slabFor(bytes.byteLength) : undefined;
      if (slab === undefined) return;
      places.set(number, last * SLAB_BYTES + slab.filled);
      slab.bytes.set(bytes, slab.filled);
      slab.filled += bytes.byteLength;
      slab.left += 1;
    },
    take(number, size) {
      const place = places.get(number);
      if (place === NOWHERE) return undefined;
      places.set(number, NOWHERE);
      const slabNumber = Math.floor(place / SLAB_BYTES);
      const slab = kept.get(slabNumber);
      if (slab === undefined) return undefined;
      slab.left -= 1;
      if (slab.left === 0) kept.delete(slabNumber);
      const start = place % SLAB_BYTES;
      return slab.bytes.subarray(start, start + size);
    },
  };
}

/** Of a file that is not kept; slabs count from 1. */
const NOWHERE = 0;

/** The number of the slab and where in it a file begins, by number of the file. */
class Places {
  #places = new Float64Array(FIRST_PLACES);

  get(number: number): number {
    return this.#places[number] ?? NOWHERE;
  }

  set(number: number, place: number): void {
    if (number >= this.#places.length) {
      const larger = new Float64Array(Math.max(2 * this.#places.length, number + 1));
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[number] = place;
  }
}
