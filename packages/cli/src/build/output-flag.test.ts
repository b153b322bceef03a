import { expect, test } from 'vitest';
import { readOutput } from './output-flag.ts';

test.each([
  ['type=image', [{ type: 'image' }]],
  ['type=image,name=a/b:1', [{ type: 'image', name: 'a/b:1' }]],
  [
    'type=image,"name=a,b",push=true',
    [
      { type: 'registry', name: 'a' },
      { type: 'registry', name: 'b' },
    ],
  ],
  ['type=registry', [{ type: 'registry' }]],
  ['type=registry,push=false', [{ type: 'image' }]],
  ['type=oci,dest=a.tar', [{ type: 'oci', dest: 'a.tar', tar: true }]],
  ['type=oci', [{ type: 'oci', dest: '-', tar: true }]],
  ['type=oci,dest=layout,tar=false', [{ type: 'oci', dest: 'layout', tar: false }]],
  ['type=docker,dest=-', [{ type: 'docker', dest: '-' }]],
  ['type=docker', [{ type: 'image' }]],
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
  ['out', '--output out is not supported: a folder with the files of the image cannot be written yet'],
  ['-', '--output - is not supported: an archive with the files of the image cannot be written yet'],
  [
    'type=local,dest=out',
    '--output type=local,dest=out is not supported: a folder with the files of the image cannot be written yet',
  ],
  ['dest=out,tar=true', '--output dest=out,tar=true has no type'],
  ['type=oic,dest=a', 'invalid value "oic" for type of --output'],
  ['type=oci,dest=a,name=b', '--output type=oci does not support "name"'],
  ['type=oci,tar=false', '--output tar=false needs dest=FOLDER'],
  ['type=docker,dest=a,tar=false', '--output type=docker does not support tar=false'],
  ['type=image,store=false', '--output type=image does not support store=false'],
  ['type=oci,dest=a,compression=estargz', 'invalid value "estargz" for compression of --output'],
  ['type=oci,dest=a,compression-level=10', 'invalid compression-level "10" in --output'],
  ['type=oci,dest=a,compression=uncompressed,compression-level=1', 'invalid compression-level "1" in --output'],
])('--output %s is refused', (text, message) => {
  expect(() => readOutput(text)).toThrow(expect.objectContaining({ code: 'ERR_TSBUILD_USAGE', message }));
});
