import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { mustRun } from '../support/command.ts';
import { fixturesForTests } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder } from '../support/temp-folder.ts';

const DOCKERFILE = `FROM busybox AS deps
WORKDIR /app
COPY package.txt ./
RUN sort package.txt > installed

FROM busybox AS docs
COPY README.md /
RUN tr a-z A-Z < /README.md > /README.loud

FROM deps
COPY . .
RUN cat src/*.txt > bundle
`;
const FILES = {
  Dockerfile: DOCKERFILE,
  '.dockerignore': 'Dockerfile\n.git\nREADME.md\n',
  'README.md': 'read me\n',
  'package.txt': 'b\na\n',
  'src/one.txt': 'one\n',
  'src/two.txt': 'two\n',
};
const STEPS = [
  'WORKDIR /app',
  'COPY package.txt ./',
  'RUN sort package.txt > installed',
  'COPY . .',
  'RUN cat src/*.txt > bundle',
];

const openFixture = fixturesForTests();

async function builtFixture() {
  const fixture = await openFixture(FILES);
  expect(await fixture.build()).toMatchObject({ ran: STEPS, cached: [] });
  return fixture;
}

const cacheTest = testWith('root', 'busybox');

describe('only what consumes a change runs again', () => {
  cacheTest('nothing runs when nothing changed, and the image is the same', async () => {
    await using fixture = await builtFixture();

    const first = await fixture.build();
    const second = await fixture.build();

    expect(second).toMatchObject({ ran: [], cached: STEPS });
    expect(second.image.id).toBe(first.image.id);
  });

  cacheTest('one changed file under COPY . . repeats that step and what depends on it', async () => {
    await using fixture = await builtFixture();
    await fixture.write('src/two.txt', 'TWO\n');

    const { ran, cached, steps, image } = await fixture.build();

    expect(ran).toEqual(['COPY . .', 'RUN cat src/*.txt > bundle']);
    expect(cached).toEqual(['WORKDIR /app', 'COPY package.txt ./', 'RUN sort package.txt > installed']);
    expect(steps.find(({ name }) => name === 'COPY . .')?.because).toMatchObject({
      kind: 'input-changed',
      changed: ['src/two.txt'],
    });
    expect(String(await (await image.tree()).read('app/bundle'))).toBe('one\nTWO\n');
  });

  cacheTest('a file that was touched, and nothing else, repeats nothing', async () => {
    await using fixture = await builtFixture();
    await fixture.touch('src/two.txt', new Date('2003-04-05T06:07:08Z'));
    await fixture.touch('package.txt');

    expect(await fixture.build()).toMatchObject({ ran: [], cached: STEPS });
  });

  cacheTest('a fresh clone with other times repeats nothing', async () => {
    await using fixture = await builtFixture();
    await using clone = await openTempFolder();
    await mustRun(['cp', '-r', `${fixture.context}/.`, clone.path]);
    for (const [index, path] of Object.keys(FILES).entries()) await utimes(join(clone.path, path), index, 1e9 + index);

    const { steps } = await fixture.builder.build({ context: clone.path });

    expect(steps.map(({ status }) => status)).toEqual(STEPS.map(() => 'cached'));
  });

  cacheTest('a change in an unused stage, or in a file that only it reads, repeats nothing', async () => {
    await using fixture = await builtFixture();
    await fixture.write('README.md', 'changed\n');
    await fixture.write('Dockerfile', DOCKERFILE.replace('tr a-z A-Z', 'tr A-Z a-z'));

    expect(await fixture.build()).toMatchObject({ ran: [], cached: STEPS });
  });

  cacheTest('a step that ran again and wrote the same leaves what depends only on it cached', async () => {
    await using fixture = await openFixture({
      Dockerfile:
        'FROM busybox AS list\nCOPY a /\nRUN sort /a > /sorted && rm /a\nFROM busybox\nCOPY --from=list /sorted /\nRUN cp /sorted /done\n',
      a: '2\n1\n',
    });
    await fixture.build();
    await fixture.write('a', '1\n2\n');

    const { ran, cached } = await fixture.build();

    expect(ran).toEqual(['COPY a /', 'RUN sort /a > /sorted && rm /a']);
    expect(cached).toEqual(['COPY --from=list /sorted /', 'RUN cp /sorted /done']);
  });

  cacheTest('another store knows nothing', async () => {
    await using fixture = await builtFixture();
    await using other = await openFixture(FILES);

    expect((await other.build()).ran).toEqual((await fixture.build({ noCache: true })).ran);
  });
});
