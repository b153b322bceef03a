import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommandLine } from '../cli.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsbuild-bake-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const stderr = new PassThrough();
  const written = text(stderr);
  const surroundings = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr,
    env: { DEST: join(folder, 'web.tar') },
    cwd: folder,
  };
  try {
    return {
      ...(await runCommandLine(
        ['bake', ...args, '--root', join(folder, 'store')],
        surroundings,
        new AbortController().signal,
      )),
      stderr: written,
    };
  } finally {
    stderr.end();
  }
}

const COMPOSE = `
services:
  base:
    build: { context: base, dockerfile_inline: "FROM scratch\\nCOPY a /" }
  web:
    image: localhost/web:1
    build:
      context: .
      dockerfile: web.Dockerfile
      args: { NAME: b }
      additional_contexts: [base=service:base]
      labels: { team: web }
      x-bake: { output: [type=image, "type=oci,dest=$DEST"] }
`;

test('services are built with what the flags of build would do', async () => {
  await mkdir(join(folder, 'base'));
  await writeFile(join(folder, 'base/a'), '1');
  await writeFile(join(folder, 'b'), '2');
  await writeFile(join(folder, 'web.Dockerfile'), 'FROM base\nARG NAME\nCOPY $NAME /\n');
  await writeFile(join(folder, 'compose.yaml'), COMPOSE);

  const { exitCode, stderr } = await run('web', '--metadata-file', 'meta.json', '--progress', 'plain');

  expect(exitCode).toBe(0);
  expect(await stderr).toMatch(/#\d+ \[base 1\/1\] COPY a \/[\s\S]*#\d+ \[web 2\/2\] COPY \$NAME \//);
  const metadata = JSON.parse(await readFile(join(folder, 'meta.json'), 'utf8'));
  expect(Object.keys(metadata)).toEqual(['base', 'web']);
  expect(metadata.web['image.name']).toBe('localhost/web:1');
  expect((await readFile(join(folder, 'web.tar'))).length).toBeGreaterThan(1024);
});

test('--print builds nothing, and shorthands are settings of every target', async () => {
  await writeFile(join(folder, 'compose.yaml'), COMPOSE);

  const { stdout = '' } = await run('--print', '--push', '--no-cache', '--set', 'web.tags=localhost/web:2', 'web');

  expect(JSON.parse(stdout).target.web).toMatchObject({
    tags: ['localhost/web:2'],
    output: ['type=registry'],
    'no-cache': true,
    contexts: { base: 'target:base' },
  });
});

test('a wrong value in a file is refused as on the command line', async () => {
  await writeFile(join(folder, 'docker-bake.json'), '{"target":{"default":{"secret":["src=a"]}}}');

  await expect(run()).rejects.toThrow('--secret src=a has no id');
});

test('flags of buildx that are not supported are refused by name', async () => {
  await expect(run('--check')).rejects.toThrow('--check is not supported: targets are only built');
});
