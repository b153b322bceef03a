import { expect, test } from 'vitest';
import { readCacheFrom } from './cache-from-flag.ts';
import { readCacheTo } from './cache-to-flag.ts';

test.each([
  ['app:cache', [{ type: 'registry', ref: 'app:cache' }]],
  [
    'app:cache,other',
    [
      { type: 'registry', ref: 'app:cache' },
      { type: 'registry', ref: 'other' },
    ],
  ],
  ['type=registry,ref=app:cache,timeout=5s', [{ type: 'registry', ref: 'app:cache', timeoutMs: 5000 }]],
  ['type=local,src=cache,trust=store', [{ type: 'local', src: '/work/cache', trust: 'store' }]],
  ['type=local,src=/cache,tag=main', [{ type: 'local', src: '/cache', tag: 'main' }]],
  [
    'type=http,url=http://u:p@h/x,header.Authorization=Bearer t',
    [{ type: 'http', url: 'http://u:p@h/x', headers: { authorization: 'Bearer t' } }],
  ],
])('--cache-from %s', (text, options) => {
  expect(readCacheFrom(text, '/work')).toEqual(options);
});

test.each([
  ['app:cache', [{ type: 'registry', ref: 'app:cache' }]],
  ['type=inline', [{ type: 'inline' }]],
  [
    'type=registry,ref=app:cache,mode=max,compression=zstd,compression-level=9,ignore-error=true,image-manifest=true',
    [
      {
        type: 'registry',
        ref: 'app:cache',
        mode: 'max',
        compression: 'zstd',
        compressionLevel: 9,
        ignoreError: true,
      },
    ],
  ],
  ['type=local,dest=cache,oci-mediatypes=true', [{ type: 'local', dest: '/work/cache' }]],
  ['type=local,dest=/c,mounts=npm;/root/.cache', [{ type: 'local', dest: '/c', mounts: ['npm', '/root/.cache'] }]],
  ['type=http,url=https://h,mode=min', [{ type: 'http', url: 'https://h', headers: {}, mode: 'min' }]],
])('--cache-to %s', (text, options) => {
  expect(readCacheTo(text, '/work')).toEqual(options);
});

test.each([
  ['type=gha', "--cache-from type=gha is not supported: GitHub's own cache service cannot hold a cache"],
  ['type=s3,bucket=b', '--cache-from type=s3 is not supported: an S3 bucket cannot hold a cache'],
  ['type=azblob', '--cache-from type=azblob is not supported: Azure blob storage cannot hold a cache'],
  ['type=regsitry,ref=a', 'invalid value "regsitry" for type of --cache-from'],
  ['ref=a', '--cache-from ref=a has no type'],
  ['type=local', '--cache-from type=local needs src=…'],
  ['type=registry,ref=a,scope=b', '--cache-from type=registry does not support "scope"'],
  ['type=registry,ref=a,trust=all', 'invalid value "all" for trust of --cache-from'],
])('--cache-from %s is refused', (text, message) => {
  expect(() => readCacheFrom(text, '/')).toThrow(message);
});

test.each([
  ['type=local,dest=a,image-manifest=false', '--cache-to does not support image-manifest=false'],
  ['type=registry,ref=a,oci-mediatypes=false', '--cache-to does not support oci-mediatypes=false'],
  ['type=inline,mode=max', '--cache-to type=inline does not support mode=max'],
  ['type=registry,ref=a,compression-level=10', 'invalid compression-level "10" in --cache-to'],
  ['type=inline,ref=a', '--cache-to type=inline does not support "ref"'],
  ['inline', '--cache-to inline names an image'],
])('--cache-to %s is refused', (text, message) => {
  expect(() => readCacheTo(text, '/')).toThrow(message);
});
