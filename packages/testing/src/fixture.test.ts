import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildFixture } from './fixture.ts';

test('a changed file re-runs only the steps that depend on it', async () => {
  await using fixture = await buildFixture({ Dockerfile: 'FROM scratch\nCOPY a /\nCOPY b /\n', a: '1', b: '1' });
  await fixture.build();
  await fixture.write('b', '2');

  const { steps } = await fixture.build();

  expect(steps.map(({ name, status }) => `${status} ${name}`)).toEqual(['cached COPY a /', 'ran COPY b /']);
});

test('steps are listed by whether they ran', async () => {
  await using fixture = await buildFixture({ Dockerfile: 'FROM scratch\nCOPY a /\nCOPY b /\n', a: '1', b: '1' });

  expect(await fixture.build()).toMatchObject({ ran: ['COPY a /', 'COPY b /'], cached: [] });
  expect(await fixture.build()).toMatchObject({ ran: [], cached: ['COPY a /', 'COPY b /'] });
});

test('touching a file repeats no step', async () => {
  await using fixture = await buildFixture({ Dockerfile: 'FROM scratch\nCOPY a /\n', a: '1' });
  await fixture.build();
  await fixture.touch('a', new Date('2001-02-03T04:05:06Z'));

  expect((await fixture.build()).ran).toEqual([]);
});

test('a removed source fails the build and names the line', async () => {
  await using fixture = await buildFixture({ Dockerfile: 'FROM scratch\nCOPY a /\n', a: '1' });
  await fixture.remove('a');

  await expect(fixture.build()).rejects.toMatchObject({
    code: 'ERR_TSBUILD_SOURCE_NOT_FOUND',
    range: { start: { line: 2 } },
  });
});

test('fixtures with one store share what was built, and leave it', async () => {
  const store = await mkdtemp(join(tmpdir(), 'tsbuild-shared-'));
  try {
    const files = { Dockerfile: 'FROM scratch\nCOPY a /\n', a: '1' };
    await using first = await buildFixture(files, { store });
    await first.build();
    await using second = await buildFixture(files, { store });

    expect((await second.build()).cached).toEqual(['COPY a /']);
    await second[Symbol.asyncDispose]();
    expect((await stat(join(store, 'format'))).isFile()).toBe(true);
  } finally {
    await rm(store, { recursive: true, force: true });
  }
});

test('nothing of a fixture is left after it was disposed', async () => {
  const fixture = await buildFixture({ a: '1' });
  await fixture[Symbol.asyncDispose]();

  await expect(stat(fixture.context)).rejects.toMatchObject({ code: 'ENOENT' });
});
