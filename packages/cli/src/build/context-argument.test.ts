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
  const stdin = Readable.from(input.map((chunk) => Buffer.from(chunk)));
  return readBuildInput({ path, file, surroundings: { cwd, stdin }, signal });
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
  ['app', '-', [gzipSync('x')], 'the Dockerfile on standard input is an archive'],
])('%s with --file %s is refused', async (path, file, input, message) => {
  await expect(read(path, file, input)).rejects.toMatchObject({ code: 'ERR_TSBUILD_USAGE', message });
});

test.each([
  'https://github.com/a/b.git#main:sub',
  'https://host/app.tar.gz',
  'git@github.com:a/b.git',
  'ssh://git@host/a',
  'git://host/a',
  'github.com/a/b',
])('%s is fetched, and --file is a path in it', async (context) => {
  expect(await read(context)).toEqual({ context });
  expect(await read(context, 'docker/Dockerfile')).toEqual({ context, file: 'docker/Dockerfile' });
});

test('a Dockerfile may come from the web', async () => {
  const file = 'https://host/Dockerfile';
  expect(await read('app', file)).toEqual({ context: join(cwd, 'app'), file });
});

test('an archive on standard input is the context, told by its content and not read before it is needed', async () => {
  const header = tarHeader('a');
  for (const chunks of [[gzipSync(header)], [header.subarray(0, 100), header.subarray(100), Buffer.from('rest')]]) {
    const { context, file } = await read('-', 'sub/Dockerfile', chunks);
    if (typeof context === 'string' || !('tar' in context)) throw new Error('expected an archive');
    const bytes: Uint8Array[] = [];
    for await (const chunk of context.tar) bytes.push(chunk);
    expect([Buffer.concat(bytes), file]).toEqual([Buffer.concat(chunks), 'sub/Dockerfile']);
  }
});

/** As the oldest tar writes it: a checksum and no magic. */
function tarHeader(name: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

test('an endless Dockerfile is not read to its end', async () => {
  const endless = Array.from({ length: 20 }, () => Buffer.alloc(1024 * 1024, '#'));
  await expect(read('app', '-', endless)).rejects.toMatchObject({ code: 'ERR_TSBUILD_TOO_LARGE' });
});
