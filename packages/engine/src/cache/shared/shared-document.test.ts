import { digestFromHex, toDiffId } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { cacheKey } from '../cache-key.ts';
import { encodeDocument, parseDocument } from './shared-document.ts';

const DIGEST = digestFromHex('1'.repeat(64));
const BLOB = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: DIGEST, size: 10, level: 6 };

test('records are found under the keys that they are made of, whatever key they claim', () => {
  const shared = {
    domain: 'run/v2',
    parts: { args: ['true'] },
    record: { v: 1 },
    key: cacheKey('run/v2', { args: ['false'] }),
  };
  const layers = new Map([[toDiffId(DIGEST), BLOB]]);

  const { records, layers: read } = parseDocument(encodeDocument({ records: [shared], layers, mounts: [] }));

  expect([...records]).toEqual([[cacheKey('run/v2', { args: ['true'] }), { v: 1 }]]);
  expect([...read]).toEqual([[DIGEST, BLOB]]);
});

test('what makes no sense is left out, and the rest is read', () => {
  const document = {
    v: 1,
    records: [null, 7, { domain: 'run/v2' }, { domain: 'a/v1', parts: null, record: { v: 1 } }],
    layers: { [DIGEST]: { ...BLOB, size: 1.5 }, 'sha256:short': BLOB },
    mounts: [{ id: 'npm', layers: [{ diffId: DIGEST }] }],
  };

  const { records, layers, mounts } = parseDocument(Buffer.from(JSON.stringify(document)));

  expect(records.size).toBe(1);
  expect([...layers]).toEqual([]);
  expect(mounts).toEqual([]);
});

test.each(['', '[]', '{}', '{"v":2,"records":[]}', '{"v":1,"records":{}}', '{"v":1'])('%j is no cache', (text) => {
  expect(() => parseDocument(Buffer.from(text))).toThrow();
});

test('lists within lists without end are no cache either', () => {
  const depth = 1_000_000;
  const parts = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const text = `{"v":1,"records":[{"domain":"run/v2","parts":${parts},"record":{}}]}`;

  expect(() => parseDocument(Buffer.from(text))).toThrow(RangeError);
});
