import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { runCommandLine } from '../cli.ts';

async function run(cwd: string, ...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const surroundings = { stdin: new PassThrough(), stdout, stderr, env: { TSBUILD_ROOT: join(cwd, 'store') }, cwd };
  const result = await runCommandLine(args, surroundings, new AbortController().signal);
  return { ...result, written: await buffer(stdout.end()) };
}

test('with -q the image id is printed, except where standard output is for an archive', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'build-'));
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'app/Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');

  expect(await run(folder, 'build', '-q', '-o', `type=tar,dest=${folder}/app.tar`, 'app')).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/),
    written: Buffer.alloc(0),
  });
  const archive = await readFile(join(folder, 'app.tar'));
  expect(await run(folder, 'build', '-q', '-o', '-', 'app')).toEqual({ exitCode: 0, stdout: '', written: archive });
  await rm(folder, { recursive: true });
});
