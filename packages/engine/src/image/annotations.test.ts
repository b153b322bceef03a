import { parsePlatform } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { parseAnnotations } from './annotations.ts';

const AMD64 = parsePlatform('linux/amd64');
const ARM64 = parsePlatform('linux/arm64');

test('annotations stand in the manifests unless they name another level', () => {
  const annotations = parseAnnotations({
    b: '1',
    a: '2',
    'index:c': '3',
    'index-descriptor,manifest-descriptor:d': '4',
  });
  expect(annotations.of('manifest', AMD64)).toEqual({ a: '2', b: '1' });
  expect(Object.keys(annotations.of('manifest', AMD64) ?? {})).toEqual(['a', 'b']);
  expect(annotations.of('index')).toEqual({ c: '3' });
  expect(annotations.of('index-descriptor')).toEqual({ d: '4' });
  expect(annotations.of('manifest-descriptor', ARM64)).toEqual({ d: '4' });
});

test('what is said of one platform wins there and is not said elsewhere', () => {
  const annotations = parseAnnotations({ 'manifest[linux/arm64/v8]:a': 'arm', 'manifest:a': 'all' });
  expect(annotations.of('manifest', AMD64)).toEqual({ a: 'all' });
  expect(annotations.of('manifest', ARM64)).toEqual({ a: 'arm' });
  expect(parseAnnotations().of('index')).toBeUndefined();
});

test.each(['manifests:a', 'index[linux/amd64]:a', 'a b', ''])('%j is no annotation', (key) => {
  expect(() => parseAnnotations({ [key]: '1' })).toThrow(`invalid annotation ${JSON.stringify(key)}`);
});
