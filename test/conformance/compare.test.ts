import { DockerfileError, digestFromHex, type ImageConfig, toDiffId } from '@tsbuild/core';
import { expect, test } from 'vitest';
import type { Facts } from '../support/tree-facts.ts';
import type { ExpectedImage } from './case.ts';
import { compareError } from './compare-error.ts';
import { compareImage } from './compare-image.ts';

const LAYER = toDiffId(digestFromHex('1'.repeat(64)));
const ROOT = { uid: 0, gid: 0 };
const BASE_FACTS = new Map<string, Facts>([
  ['/bin', { type: 'directory', mode: '0755', ...ROOT }],
  ['/tmp', { type: 'directory', mode: '1777', ...ROOT }],
]);
const BASE: ImageConfig = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [LAYER] } };
const CONFIG: ImageConfig = {
  ...BASE,
  config: { Cmd: ['sh'], Labels: {} },
  rootfs: { type: 'layers', diff_ids: [LAYER, LAYER] },
  history: [{ created_by: 'COPY a /a # buildkit' }, { created_by: 'CMD ["sh"]', empty_layer: true }],
};
const EXPECTED: ExpectedImage = {
  base: 'busybox',
  platform: 'linux/amd64',
  config: { Cmd: ['sh'] },
  tree: { '/a': { type: 'file', mode: '0644', uid: 0, gid: 0, size: 1, content: '1' } },
  removed: ['/tmp'],
  nonEmptyLayers: 1,
  historyEmptyFlags: [false, true],
  historyCreatedBy: ['COPY a /a # buildkit', 'CMD ["sh"]'],
};
const SHA_OF_1 = '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b';
const FACTS = new Map<string, Facts>([
  ['/a', { type: 'file', mode: '0644', uid: 0, gid: 0, size: 1, sha256: SHA_OF_1 }],
  ['/bin', { type: 'directory', mode: '0755', ...ROOT }],
]);

function compare(config: ImageConfig, facts: ReadonlyMap<string, Facts>): string[] {
  return compareImage(EXPECTED, { config: BASE, facts: BASE_FACTS }, config, facts);
}

test('an image that is as expected differs in nothing', () => {
  expect(compare(CONFIG, FACTS)).toEqual([]);
});

test('every difference of config, history, layers and tree is told', () => {
  const config = { ...CONFIG, architecture: 'arm64', author: 'me', config: { Cmd: ['sh', '-l'] }, rootfs: BASE.rootfs };
  const facts = new Map([...FACTS, ...BASE_FACTS, ['/a', { ...FACTS.get('/bin'), mode: '0700' } as Facts]]);

  expect(compare(config, facts).map((line) => line.slice(0, line.indexOf(': expected')))).toEqual([
    'platform',
    'config.Author',
    'config.Cmd',
    'layers',
    'layers that the history names',
    '/a: type',
    '/a: mode',
    '/a: size',
    '/a: sha256',
    '/tmp',
  ]);
});

test('an error must be one of ours, with the words and the line', () => {
  const range = { start: { line: 2, column: 0 }, end: { line: 3, column: 4 } };
  const error = new DockerfileError('ERR_TSBUILD_COPY', 'no such file: "A.txt"', { range });

  expect(compareError({ contains: ['a.txt'], line: 2, lineEnd: 3 }, false, error)).toEqual([]);
  expect(compareError({ contains: ['a.txt'], line: 7 }, true, error)).toEqual([]);
  expect(compareError({ contains: ['b.txt'], line: 2 }, false, error)).toEqual([
    'message lacks "b.txt": no such file: "A.txt"',
    'line: expected lines 2 to 2, got lines 2 to 3: no such file: "A.txt"',
  ]);
  expect(compareError({ contains: [] }, false, new RangeError('oops'))[0]).toMatch(
    /^threw an error of another kind: RangeError: oops/,
  );
});
