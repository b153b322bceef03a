import { expect, test } from 'vitest';
import { readSign } from './sign-flag.ts';

test('the key is a file, or a variable of the environment', () => {
  expect(readSign(undefined, '/work', {})).toEqual({});
  expect(readSign('key=cosign.key', '/work', { COSIGN_PASSWORD: 'pw' })).toEqual({
    sign: { key: { file: '/work/cosign.key' }, password: 'pw' },
  });
  expect(readSign('key=env://KEY,attach=referrer', '/work', {})).toEqual({
    sign: { key: { env: 'KEY' }, attach: 'referrer' },
  });
});

test.each([
  ['attach=tag', '--sign attach=tag has no key'],
  ['key=a,attach=layer', 'invalid value "layer" for attach of --sign'],
  ['key=a,recursive=true', '--sign does not support "recursive"'],
  ['cosign.key', 'malformed value of --sign: cosign.key'],
])('%s is refused', (text, message) => {
  expect(() => readSign(text, '/work', {})).toThrow(message);
});
