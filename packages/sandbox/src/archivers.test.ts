import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import type { ArchiverProcess } from './archiver-process.ts';

/** Their processes stand beside what was built. */
const BUILT = new URL('../dist/archivers.js', import.meta.url).href;

test('what takes no time is done by one archiver, what others have to wait for by more', async () => {
  const { Archivers }: typeof import('./archivers.ts') = await import(BUILT);
  await using archivers = new Archivers([]);
  const lent = new Set<ArchiverProcess>();
  const work = Array.from({ length: 20 }, () => archivers.use(async (archiver) => lent.add(archiver)));
  await Promise.all(work);
  expect(lent.size).toBe(1);

  const most = Math.min(availableParallelism(), 2);
  let begun = 0;
  let allBegun = (): void => undefined;
  const together = new Promise<void>((resolve) => {
    allBegun = resolve;
  });
  const meet = async (archiver: ArchiverProcess): Promise<void> => {
    lent.add(archiver);
    begun += 1;
    if (begun === most) allBegun();
    await together;
  };
  await Promise.all(Array.from({ length: most }, () => archivers.use(meet)));
  expect(lent.size).toBe(most);
});
