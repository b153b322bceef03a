import { expect, test } from 'vitest';
import { parseGitUrl } from './git-url.ts';

test.each([
  ['https://host/me/app.git', { remote: 'https://host/me/app.git' }],
  ['https://host/me/app.git#v1:sub/dir', { remote: 'https://host/me/app.git', ref: 'v1', subdir: 'sub/dir' }],
  ['https://host/me/app.git#:sub', { remote: 'https://host/me/app.git', subdir: 'sub' }],
  ['https://host/app.git?ref=main&subdir=/a/', { remote: 'https://host/app.git', ref: 'main', subdir: 'a' }],
  ['https://host/app.git?tag=v1', { remote: 'https://host/app.git', ref: 'refs/tags/v1' }],
  ['https://host/app.git?commit=abc123', { remote: 'https://host/app.git', commit: 'abc123' }],
  ['git@host:me/app', { remote: 'git@host:me/app' }],
  ['git://host/app', { remote: 'git://host/app' }],
  ['ssh://git@host/app#main', { remote: 'ssh://git@host/app', ref: 'main' }],
  ['github.com/me/app#main', { remote: 'https://github.com/me/app', ref: 'main' }],
])('%s is a repository', (text, url) => {
  expect(parseGitUrl(text)).toEqual(url);
});

test.each(['.', './app.git', '/srv/app', 'https://host/app.tar.gz', 'https://host/app', 'file:///srv/app.git'])(
  '%s is none',
  (text) => {
    expect(parseGitUrl(text)).toBeUndefined();
  },
);

test.each([
  ['https://host/app.git#main:../x', 'points outside of the repository'],
  ['https://host/app.git#--upload-pack=x', 'invalid git ref'],
  ['https://host/app.git?branches=x', 'unexpected query "branches"'],
])('%s is refused', (text, message) => {
  expect(() => parseGitUrl(text)).toThrow(message);
});
