import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBuildInput } from './context-argument.ts';

const { signal } = new AbortController();
let cwd = '';

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'tsbuild-cli-'));
  await mkdir(join(cwd, 'app/docker'), { recursive: true });
  await writeFile(join(cwd, 'app/docker/Dockerfile'), 'FROM scratch\n');
  await writeFile(join(cwd, 'Other'), 'FROM scratch\n');
});

afterAll(() => rm(cwd, { recursive: true }));

function read(path: string, file?: string, input: readonly (string | Buffer)[] = []) {
  return readBuildInput({ path, file, cwd, stdin: Readable.from(input.map((chunk) => Buffer.from(chunk))), signal });
}

test('the context is a folder, the Dockerfile lies in it by default', async () => {
  expect(await read('app')).toEqual({ context: join(cwd, 'app') });
});

test('--file is relative to the working directory, and named as the context knows it', async () => {
  expect(await read('app', 'app/docker/Dockerfile')).toEqual({ context: join(cwd, 'app'), file: 'docker/Dockerfile' });
  expect(await read('app', 'Other')).toEqual({ context: join(cwd, 'app'), file: join(cwd, 'Other') });
});

test('a --file that is relative to the context is recognised as the mistake it is', async () => {
  await expect(read('app', 'docker/Dockerfile')).rejects.toMatchObject({
    code: 'ERR_TSBUILD_DOCKERFILE_NOT_FOUND',
    message: 'no Dockerfile at "docker/Dockerfile"',
    hint: '--file is relative to the working directory: did you mean --file app/docker/Dockerfile?',
  });
  await expect(read('app', 'nowhere')).rejects.toMatchObject({
    hint: 'name it with --file, relative to the working directory',
  });
});

test('a Dockerfile comes from standard input, with and without a context', async () => {
  expect(await read('app', '-', ['FROM ', 'scratch\n'])).toEqual({
    context: join(cwd, 'app'),
    dockerfile: 'FROM scratch\n',
  });
  expect(await read('-', undefined, ['FROM scratch\n'])).toEqual({
    context: { files: {} },
    dockerfile: 'FROM scratch\n',
  });
});

test.each([
  ['-', '-', [], 'standard input cannot be both the build context and the Dockerfile'],
  ['-', 'Other', ['FROM a\n'], 'both standard input and --file Other are the Dockerfile'],
  ['-', undefined, [gzipSync('x')], 'build contexts from standard input are not supported'],
  ['https://github.com/a/b.git', undefined, [], 'remote build contexts are not supported: https://github.com/a/b.git'],
  ['git@github.com:a/b.git', undefined, [], 'remote build contexts are not supported: git@github.com:a/b.git'],
])('%s with --file %s is refused', async (path, file, input, message) => {
  await expect(read(path, file, input)).rejects.toMatchObject({ code: 'ERR_TSBUILD_USAGE', message });
});

test('an endless Dockerfile is not read to its end', async () => {
  const endless = Array.from({ length: 20 }, () => Buffer.alloc(1024 * 1024, '#'));
  await expect(read('app', '-', endless)).rejects.toMatchObject({ code: 'ERR_TSBUILD_TOO_LARGE' });
});
