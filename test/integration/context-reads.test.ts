import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createBuilder } from '@tsbuild/engine';
import { expect, test } from 'vitest';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const OLDER = new Date('2019-01-01T00:00:00Z');

const FILES = {
  Dockerfile: 'FROM scratch\nCOPY src/ .\nCOPY conf/*.json /conf/\n',
  'src/a.txt': 'a',
  'src/deep/b.txt': 'b',
  'src/node_modules/skipped/index.js': '',
  'src/node_modules/kept.txt': 'kept',
  'conf/app.json': '{}',
  'conf/other.txt': '',
  '.dockerignore': 'src/node_modules/skipped\n',
};

test('only what COPY names is listed and opened, beside a huge folder that nobody names', async () => {
  await using folder = await openTempFolder();
  await writeFiles(folder, FILES);
  for (let number = 0; number < 300; number++) await writeFiles(folder, { [`huge/${number % 30}/${number}.txt`]: 'x' });
  const paths = await neverRead(folder);
  await using builder = await createBuilder({ root: folder.file('store') });

  await builder.build({ context: folder.file('context') });

  const read = [];
  for (const path of paths) if ((await stat(folder.file('context', path))).atime > LONG_AGO) read.push(path);
  expect(read).toEqual([
    '.dockerignore',
    'Dockerfile',
    'conf',
    'conf/app.json',
    'src',
    'src/a.txt',
    'src/deep',
    'src/deep/b.txt',
    'src/node_modules',
    'src/node_modules/kept.txt',
  ]);
});

test('the ignore file of a Dockerfile takes the place of .dockerignore', async () => {
  await using folder = await openTempFolder();
  await writeFiles(folder, {
    'docker/App': 'FROM scratch\nCOPY . /\n',
    'docker/App.dockerignore': 'docker\n*.log\n!keep.log\n',
    '.dockerignore': '*\n',
    'a.txt': '',
    'b.log': '',
    'keep.log': '',
  });
  await using builder = await createBuilder({ root: folder.file('store') });

  const { image } = await builder.build({ context: folder.file('context'), file: 'docker/App' });

  expect((await image.tree()).list('')).toEqual(['.dockerignore', 'a.txt', 'keep.log']);
});

test('a Dockerfile may be called dockerfile', async () => {
  await using folder = await openTempFolder();
  await writeFiles(folder, { dockerfile: 'FROM scratch\nLABEL a=b\n', 'sub/dockerfile': 'FROM scratch\nLABEL a=c\n' });
  await using builder = await createBuilder({ root: folder.file('store') });
  const context = folder.file('context');

  expect((await builder.build({ context })).image.config.config?.Labels).toEqual({ a: 'b' });
  expect((await builder.build({ context, file: 'sub/Dockerfile' })).image.config.config?.Labels).toEqual({ a: 'c' });
  await expect(builder.build({ context, file: 'Other' })).rejects.toThrow('Other does not exist in');
});

async function writeFiles(folder: TempFolder, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(folder.file('context', path)), { recursive: true });
    await writeFile(folder.file('context', path), content);
  }
}

/** Gives everything a time of reading before its time of writing, so that the next reading shows; returns the paths. */
async function neverRead(folder: TempFolder): Promise<string[]> {
  const paths = (await readdir(folder.file('context'), { recursive: true })).sort();
  for (const path of paths) await utimes(folder.file('context', path), OLDER, LONG_AGO);
  return paths;
}
