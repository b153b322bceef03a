import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import type { BuildOptions } from '../options.ts';

let folder: string;
let dest: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tar-'));
  dest = join(folder, 'out.tar');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function build(options: Partial<BuildOptions>) {
  await using builder = await createBuilder({ root: join(folder, 'store') });
  return builder.build({
    context: { files: { a: 'alpha', 'd/b': 'beta' } },
    dockerfile: 'FROM scratch\nCOPY --chown=7:8 . /\n',
    sourceDateEpoch: 0,
    outputs: [{ type: 'tar', dest }],
    ...options,
  });
}

function list(): string[] {
  return execFileSync('tar', ['--numeric-owner', '-tvf', dest], { env: { ...process.env, TZ: 'UTC' } })
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));
}

test('the tar has the files with owners and times, and no layers', async () => {
  await build({ dockerfile: 'FROM scratch\nCOPY --chown=7:8 . /\nCOPY a /d/b\n' });
  expect(list()).toEqual([
    '-rw-r--r-- 7/8 5 1970-01-01 00:00 a',
    'drwxr-xr-x 7/8 0 1970-01-01 00:00 d/',
    '-rw-r--r-- 0/0 5 1970-01-01 00:00 d/b',
  ]);
  expect(execFileSync('tar', ['-xOf', dest, 'd/b']).toString()).toBe('alpha');
});

test('a hardlink comes after its file, whatever the order of their names', async () => {
  const root = join(folder, 'root');
  execFileSync('sh', [
    '-c',
    `mkdir ${root} && cd ${root} && echo x > z && mkfifo p && ln z a && tar -cf ../a.tar z a p`,
  ]);
  const content = await readFile(join(folder, 'a.tar'));
  await build({ context: { files: { 'a.tar': content } }, dockerfile: 'FROM scratch\nADD a.tar /\n' });
  expect(list().map((line) => `${line[0]} ${line.split(' ').slice(5).join(' ')}`)).toEqual([
    '- a',
    'p p',
    'h z link to a',
  ]);
});

test('each of several platforms has a folder', async () => {
  await build({ platforms: ['linux/amd64', 'linux/arm64'], dockerfile: 'FROM scratch\nCOPY a /\n' });
  expect(list().map((line) => line.split(' ').at(-1))).toEqual([
    'linux_amd64/',
    'linux_amd64/a',
    'linux_arm64/',
    'linux_arm64/a',
  ]);
});

test('equal images are equal archives, and nothing else is left beside them', async () => {
  await build({});
  const first = await readFile(dest);
  await build({});
  expect((await readFile(dest)).equals(first)).toBe(true);
  expect((await readdir(folder)).sort()).toEqual(['out.tar', 'store']);
});

test('a folder that does not exist is named', async () => {
  dest = join(folder, 'missing/out.tar');
  await expect(build({})).rejects.toThrow(`cannot write ${dest}: its folder does not exist`);
});
