import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, isTsbuildError, MEDIA_TYPES, toDiffId } from '@tsbuild/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { streamOf, temporaryStore, textOf } from '../test/temporary-store.ts';
import type { Store } from './index.ts';

const TAR = 'tar'.repeat(50_000);
const GZIP = 'gzip'.repeat(10);
const DIFF_ID = toDiffId(digestOf(TAR));
const KEY = digestOf('key');
const LAYER = { mediaType: MEDIA_TYPES.ociLayer, digest: DIFF_ID, size: TAR.length };
const FORM = { mediaType: MEDIA_TYPES.ociLayerGzip, digest: digestOf(GZIP), size: GZIP.length };

async function fill(store: Store): Promise<void> {
  await store.blobs.push(LAYER, streamOf(TAR));
  await store.blobs.push(FORM, streamOf(GZIP));
  await store.layers.put({ diffId: DIFF_ID, size: TAR.length, forms: [{ ...FORM, compression: 'gzip' }] });
  await store.trees.put(DIFF_ID, Buffer.from('index'));
  await store.records.put(KEY, { layer: DIFF_ID });
  await store.records.putIngredients(KEY, Buffer.from('files'));
  await store.records.putLineage('step', KEY);
  await store.references.tag(FORM, 'app');
}

/** Everything that can be read, each in order, `missing` for what is not there. */
async function readAll(store: Store): Promise<unknown[]> {
  const missing = (error: unknown): unknown => {
    if (isTsbuildError(error)) return 'missing';
    throw error;
  };
  const layer = await store.layers.get(DIFF_ID);
  return [
    await store.blobs.fetch(LAYER).then(textOf).catch(missing),
    await store.blobs.readAll(FORM.digest, 1_000),
    layer?.diffId,
    await store.trees.get(DIFF_ID),
    await store.records.get(KEY),
    await store.records.getIngredients(KEY),
    await store.records.getLineage('step'),
    await store.references.resolve('app').catch(missing),
  ].map((answer) => answer ?? 'missing');
}

const RIGHT = [
  TAR,
  Buffer.from(GZIP),
  DIFF_ID,
  Buffer.from('index'),
  { layer: DIFF_ID },
  Buffer.from('files'),
  KEY,
  FORM,
];

function filesOf(store: Store): string[] {
  return readdirSync(store.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

type Damage = { readonly file: number; readonly at: number; readonly kind: 'flip' | 'cut' | 'remove' };

function damage(store: Store, { file, at, kind }: Damage): void {
  const files = filesOf(store);
  const path = files[file % files.length] ?? '';
  const bytes = readFileSync(path);
  const offset = at % Math.max(bytes.length, 1);
  if (kind === 'remove') rmSync(path);
  else if (kind === 'cut') truncateSync(path, offset);
  else
    writeFileSync(
      path,
      Buffer.concat([bytes.subarray(0, offset), Buffer.of((bytes[offset] ?? 0) ^ 1), bytes.subarray(offset + 1)]),
    );
}

const damages = fc.array(
  fc.record({ file: fc.nat(100), at: fc.nat(200_000), kind: fc.constantFrom('flip', 'cut', 'remove') }),
  { minLength: 1, maxLength: 4 },
);

test('what was damaged or removed is missing, never wrong, and is healed by writing it again', async () => {
  await fc.assert(
    fc.asyncProperty(damages, async (list) => {
      const store = await temporaryStore();
      await fill(store);
      for (const each of list) damage(store, each);

      const answers = await readAll(await temporaryStore(store.root));

      for (const [index, answer] of answers.entries()) expect([RIGHT[index], 'missing']).toContainEqual(answer);
      await fill(store);
      expect(await readAll(store)).toEqual(RIGHT);
      expect((await store.verify()).problems).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
