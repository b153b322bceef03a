import { expect, test } from 'vitest';
import { cacheKey, canonicalJson } from './cache-key.ts';

test('the order of members does not count, the order of lists does', () => {
  expect(canonicalJson({ b: [2, 1], a: { d: null, c: 'x' } })).toBe('{"a":{"c":"x","d":null},"b":[2,1]}');
  expect(cacheKey('run/v1', { a: 1, b: 2 })).toBe(cacheKey('run/v1', { b: 2, a: 1 }));
  expect(cacheKey('run/v1', ['a', 'b'])).not.toBe(cacheKey('run/v1', ['b', 'a']));
});

test('values that would be the same text when joined have different keys', () => {
  expect(cacheKey('run/v1', ['ab', 'c'])).not.toBe(cacheKey('run/v1', ['a', 'bc']));
  expect(cacheKey('run/v1', ['1'])).not.toBe(cacheKey('run/v1', [1]));
  expect(cacheKey('run/v1', [])).not.toBe(cacheKey('run/v2', []));
});

test('a key is the digest of its domain and canonical form', () => {
  expect(cacheKey('run/v1', { args: ['true'] })).toBe(
    'sha256:1c378ea64df55d4063af6be692946b12028326287fa94a1094f9f3e822b80947',
  );
});
