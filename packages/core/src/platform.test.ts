import { expect, test } from 'vitest';
import { formatPlatform, parsePlatform } from './platform.ts';

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/6', 'linux/arm/v6'],
  ['LINUX/AMD64', 'linux/amd64'],
])('%s means %s', (text, platform) => {
  expect(formatPlatform(parsePlatform(text))).toBe(platform);
});

test.each(['', 'linux/', 'a/b/c/d', 'linux/a b'])('%j is refused', (text) => {
  expect(() => parsePlatform(text)).toThrow('invalid platform');
});
