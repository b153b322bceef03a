import type { StoreEntry } from '@tsbuild/engine';
import { describe, expect, test } from 'vitest';
import { entryFilter, readPrunePolicy } from './prune-policy.ts';

const HOUR = 3_600_000;
const NOTHING = { all: false, maxSize: undefined, keepDuration: undefined, filters: [] };

function entry(kind: StoreEntry['kind'], id: string, hours: number): StoreEntry {
  return { kind, id, size: 1, lastUsed: Date.now() - hours * HOUR, isInUse: false, isDerived: false };
}

const MOUNT = entry('mount', 'npm', 1);
const LAYER = entry('layer', `sha256:${'ab'.repeat(32)}`, 48);

describe('filters', () => {
  test.each([
    [[], ['npm', LAYER.id]],
    [['until=24h'], [LAYER.id]],
    [['kind=mount'], ['npm']],
    [
      ['type=mount', 'kind=layer'],
      ['npm', LAYER.id],
    ],
    [['id=abab'], [LAYER.id]],
    [['id=sha256:abab', 'kind=mount'], []],
  ])('%j', (filters, left) => {
    expect([MOUNT, LAYER].filter(entryFilter(filters)).map(({ id }) => id)).toEqual(left);
  });

  test('of a name that is not known are refused', () => {
    expect(() => entryFilter(['private=true'])).toThrow('--filter "private=true" is not supported');
    expect(() => readPrunePolicy({ ...NOTHING, filters: ['until=soon'] })).toThrow('malformed value of --filter until');
  });
});

test('what is asked for decides how much goes', () => {
  expect(readPrunePolicy(NOTHING)).toEqual({});
  expect(readPrunePolicy({ ...NOTHING, maxSize: '2g' })).toEqual({ maxSize: 2e9 });
  expect(readPrunePolicy({ ...NOTHING, filters: ['until=24h'] })).toEqual({ keepDurationMs: 24 * HOUR });
  expect(readPrunePolicy({ ...NOTHING, filters: ['kind=mount'] })).toEqual({
    all: true,
    filter: expect.any(Function),
  });
});
