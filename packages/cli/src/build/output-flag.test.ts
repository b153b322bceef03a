import { expect, test } from 'vitest';
import { readOutput } from './output-flag.ts';

test.each([
  ['type=image', [{ type: 'image' }]],
  ['type=image,name=a/b:1', [{ type: 'image', name: 'a/b:1' }]],
  ['type=image,"name=a,b",push=true', [{ type: 'registry', name: 'a,b' }]],
  ['type=registry,name=a,push-by-digest=true', [{ type: 'registry', name: 'a', pushByDigest: true }]],
  ['type=image,name-canonical=true,unpack=false,store=true', [{ type: 'image', nameCanonical: true }]],
  ['type=image,dangling-name-prefix=a', [{ type: 'image', danglingNamePrefix: 'a' }]],
  ['out', [{ type: 'local', dest: 'out' }]],
  ['-', [{ type: 'tar', dest: '-' }]],
  ['type=local,dest=out,mode=delete', [{ type: 'local', dest: 'out', mode: 'delete' }]],
  ['type=local,dest=out,platform-split=false', [{ type: 'local', dest: 'out', platformSplit: false }]],
  ['type=tar,dest=out.tar,platform-split=true', [{ type: 'tar', dest: 'out.tar', platformSplit: true }]],
  ['type=tar', [{ type: 'tar', dest: '-' }]],
  ['type=cacheonly', []],
  [
    'type=oci,dest=a,name=b,annotation.k=v,annotation-index.k=w,annotation-manifest[linux/arm64].k=x',
    [
      {
        type: 'oci',
        dest: 'a',
        tar: true,
        name: 'b',
        annotations: { 'manifest:k': 'v', 'index:k': 'w', 'manifest[linux/arm64]:k': 'x' },
      },
    ],
  ],
  ['type=registry', [{ type: 'registry' }]],
  ['type=registry,push=false', [{ type: 'image' }]],
  ['type=oci,dest=a.tar', [{ type: 'oci', dest: 'a.tar', tar: true }]],
  ['type=oci', [{ type: 'oci', dest: '-', tar: true }]],
  ['type=oci,dest=layout,tar=false', [{ type: 'oci', dest: 'layout', tar: false }]],
  ['type=docker,dest=-', [{ type: 'docker', dest: '-' }]],
  ['type=docker', [{ type: 'docker' }]],
  ['type=image,squash=base', [{ type: 'image', squash: 'base' }]],
  ['type=image,squash=stage:deps', [{ type: 'image', squash: 'stage:deps' }]],
  ['type=docker,engine=podman', [{ type: 'docker', engine: 'podman' }]],
  [
    'type=oci,dest=a,compression=zstd,compression-level=22,force-compression=true,oci-mediatypes=true',
    [
      {
        type: 'oci',
        dest: 'a',
        tar: true,
        compression: 'zstd',
        compressionLevel: 22,
        forceCompression: true,
        ociMediaTypes: true,
      },
    ],
  ],
])('--output %s', (text, outputs) => {
  expect(readOutput(text)).toEqual(outputs);
});

test.each([
  ['type=local', '--output type=local needs dest=FOLDER'],
  ['type=local,dest=-', '--output type=local needs dest=FOLDER'],
  ['type=local,dest=a,mode=move', 'invalid value "move" for mode of --output'],
  ['type=local,dest=a,tar=true', '--output type=local does not support "tar"'],
  ['type=image,unpack=true', '--output type=image does not support unpack=true'],
  ['type=cacheonly,dest=a', '--output type=cacheonly does not support "dest"'],
  ['dest=out,tar=true', '--output dest=out,tar=true has no type'],
  ['type=oic,dest=a', 'invalid value "oic" for type of --output'],
  ['type=oci,dest=a,push=true', '--output type=oci does not support "push"'],
  ['type=oci,tar=false', '--output type=oci,tar=false needs dest=FOLDER'],
  ['type=docker,dest=a,engine=podman', '--output type=docker has either dest or engine'],
  ['type=image,squash=some', 'invalid value "some" for squash of --output'],
  ['type=docker,engine=lxc', 'invalid value "lxc" for engine of --output'],
  ['type=docker,dest=a,tar=false', '--output type=docker does not support tar=false'],
  ['type=image,store=false', '--output type=image does not support store=false'],
  ['type=oci,dest=a,compression=estargz', 'invalid value "estargz" for compression of --output'],
  ['type=oci,dest=a,compression-level=10', 'invalid compression-level "10" in --output'],
  ['type=oci,dest=a,compression=uncompressed,compression-level=1', 'invalid compression-level "1" in --output'],
])('--output %s is refused', (text, message) => {
  expect(() => readOutput(text)).toThrow(expect.objectContaining({ code: 'ERR_TSBUILD_USAGE', message }));
});
