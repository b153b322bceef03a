import { expect, test } from 'vitest';
import { familiarReference, formatReference, parseReference } from './reference.ts';

const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test.each([
  ['busybox', 'docker.io/library/busybox:latest'],
  ['busybox:1.36', 'docker.io/library/busybox:1.36'],
  ['me/app', 'docker.io/me/app:latest'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/app:dev', 'localhost:5000/app:dev'],
  ['127.0.0.1:5000/a/b/c', '127.0.0.1:5000/a/b/c:latest'],
  ['[::1]:5000/app', '[::1]:5000/app:latest'],
  ['index.docker.io/library/alpine', 'docker.io/library/alpine:latest'],
  [`busybox@sha256:${HEX}`, `docker.io/library/busybox@sha256:${HEX}`],
  [`busybox:1@sha256:${HEX}`, `docker.io/library/busybox:1@sha256:${HEX}`],
])('%s is short for %s', (text, full) => {
  expect(formatReference(parseReference(text))).toBe(full);
  expect(parseReference(full)).toEqual(parseReference(text));
});

test('a name is shown without what Docker Hub implies', () => {
  expect(familiarReference(parseReference('docker.io/library/busybox:1'))).toBe('busybox:1');
  expect(familiarReference(parseReference('me/app:1'))).toBe('me/app:1');
  expect(familiarReference(parseReference('localhost:5000/app:1'))).toBe('localhost:5000/app:1');
});

test.each([
  ['', 'the repository name is empty'],
  ['App', 'repository names are lower case'],
  ['app:', '"" is not a valid tag'],
  ['app:-x', '"-x" is not a valid tag'],
  ['a//b', '"a//b" is not a repository name'],
  ['app@sha256:12', '"sha256:12" is not a sha256 digest'],
  ['Bad:Name:x', '"library/Bad:Name"'],
])('%j is refused', (text, problem) => {
  expect(() => parseReference(text)).toThrow(/invalid image name/);
  if (!text.startsWith('Bad')) expect(() => parseReference(text)).toThrow(problem);
});
