import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameCollisions, refuseCollisions } from './name-collisions.ts';

const collisions = (...paths: readonly string[]) => nameCollisions(paths.map((path) => ({ path })));

test.each([
  ['README', 'readme'],
  ['d/Straße', 'd/STRASSE'],
  ['caf\u00e9', 'cafe\u0301'],
  ['\u212bngstr\u00f6m', '\u00c5NGSTR\u00d6M'],
  ['\u03c3\u03c2', '\u03a3\u03a3'],
])('%s and %s may be one name', (first, second) => {
  expect(collisions(first, second)).toEqual([[first, second]]);
});

test('equal names in different directories do not meet, nor do different names', () => {
  expect(collisions('a/x', 'b/x', 'A', 'c', 'a-b', 'a_b')).toEqual([]);
});

test('a file system that tells them apart takes both, and the question leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  try {
    await refuseCollisions([['README', 'readme']], folder);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
