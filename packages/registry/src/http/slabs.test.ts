import { expect, test } from 'vitest';
import { createSlabs, type Slabs } from './slabs.ts';

const SLAB_BYTES = 1024 * 1024;

/** As a socket does: asks for room, then tells how much of it was used. */
function fill(slabs: Slabs, byte: number, count = Number.POSITIVE_INFINITY): number {
  const room = slabs.room();
  const used = room.subarray(0, count).fill(byte).byteLength;
  slabs.add(used);
  return used;
}

/** Comparing byte by byte takes a test seconds. */
function isFilledWith(bytes: Uint8Array | undefined, byte: number): boolean {
  return bytes !== undefined && Buffer.alloc(SLAB_BYTES, byte).equals(bytes);
}

test('bytes are taken in the order in which they came, together where they lie together', () => {
  const slabs = createSlabs();
  fill(slabs, 1, 2);
  fill(slabs, 2, 3);

  expect(slabs.take()).toEqual(Buffer.from([1, 1, 2, 2, 2]));
  expect(slabs.take()).toBeUndefined();

  fill(slabs, 3, 1);
  expect(slabs.take()).toEqual(Buffer.from([3]));
});

test('what the reader has is not written over before it asks again', () => {
  const slabs = createSlabs();
  fill(slabs, 1);
  const first = slabs.take();
  for (let n = 2; n < 6; n += 1) fill(slabs, n);

  expect(isFilledWith(first, 1)).toBe(true);
  expect(slabs.waiting).toBe(4);
  for (let n = 2; n < 6; n += 1) expect(isFilledWith(slabs.take(), n)).toBe(true);
  expect(slabs.take()).toBeUndefined();
});

test('memory goes round', () => {
  const slabs = createSlabs();
  const used = new Set<ArrayBufferLike>();

  for (let n = 0; n < 100; n += 1) {
    fill(slabs, n);
    const bytes = slabs.take();
    expect(isFilledWith(bytes, n)).toBe(true);
    if (bytes !== undefined) used.add(bytes.buffer);
  }

  expect(used.size).toBe(2);
});
