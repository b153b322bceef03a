import { lstatSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryRoot } from '../test/temporary-store.ts';
import { Lease } from './lease.ts';
import { SealedFiles } from './sealed-files.ts';
import { StoreFolder } from './store-folder.ts';

const LIMIT = 1_000;

async function open() {
  const root = await temporaryRoot();
  const lease = new Lease(join(root, 'tmp'));
  const reader = new SealedFiles(new StoreFolder(root, lease));
  const writer = new SealedFiles(new StoreFolder(root, lease));
  return { root, reader, writer };
}

test('a value is read once while its file stays what it is', async () => {
  const { reader, writer } = await open();
  writer.write('records/a', { n: 1 });

  expect(reader.read('records/a', LIMIT)).toEqual({ n: 1 });
  expect(reader.read('records/a', LIMIT)).toBe(reader.read('records/a', LIMIT));
});

test('what is used as soon as a lease begins is marked as used once', async () => {
  for (let n = 0; n < 12; n++) {
    const { root, reader, writer } = await open();
    writer.write('records/a', { n });
    utimesSync(join(root, 'records/a'), 1, 1);

    reader.read('records/a', LIMIT);
    const { ctimeNs } = lstatSync(join(root, 'records/a'), { bigint: true });
    reader.read('records/a', LIMIT);

    expect(lstatSync(join(root, 'records/a'), { bigint: true }).ctimeNs).toBe(ctimeNs);
  }
});

test('what another process put in its place is seen, and what it removed is gone', async () => {
  const { root, reader, writer } = await open();
  for (let n = 0; n < 20; n++) {
    writer.write('records/a', { n });
    expect(reader.read('records/a', LIMIT)).toEqual({ n });
  }

  new StoreFolder(root, new Lease(join(root, 'tmp'))).remove(join(root, 'records/a'));

  expect(reader.read('records/a', LIMIT)).toBeUndefined();
});

test('damage, another name and a file that is too large are misses', async () => {
  const { root, reader, writer } = await open();
  writer.write('records/a', { n: 1 });
  writeFileSync(join(root, 'records/b'), readFileSync(join(root, 'records/a')));
  writer.write('records/long', 'x'.repeat(2_000));

  expect(reader.read('records/b', LIMIT)).toBeUndefined();
  expect(reader.read('records/long', LIMIT)).toBeUndefined();
  writeFileSync(join(root, 'records/a'), 'garbage');
  expect(reader.read('records/a', LIMIT)).toBeUndefined();
});
