import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { runCommandLine } from './cli.ts';
import { readVersion } from './version.ts';

function run(...args: string[]) {
  const surroundings = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
    cwd: '/',
  };
  return runCommandLine(args, surroundings, new AbortController().signal);
}

test('the version is that of the package', async () => {
  for (const args of [['version'], ['--version'], ['-v']]) {
    expect(await run(...args)).toEqual({ exitCode: 0, stdout: `tsbuild ${readVersion()}\n` });
  }
});

test('the help lists the commands', async () => {
  const { stdout } = await run('--help');
  expect(stdout).toBe(`Usage: tsbuild COMMAND

Builds container images from Dockerfiles, in process: no daemon, no privilege until a RUN step needs one.

Commands:
  bake      Build many images from Compose or bake files
  build     Build an image from a Dockerfile
  builds    List, inspect and remove the records of past builds
  du        Show what the store holds
  images    List the images of the store
  inspect   Print the configuration of images as JSON
  prune     Remove what the store can do without
  store     Verify or remove the store
  version   Print the version

Run 'tsbuild COMMAND --help' for the flags of a command.
`);
  expect((await run()).stdout).toBe(stdout);
});

test('the help of a command lists its flags, however it is asked for', async () => {
  const { stdout } = await run('images', '--help');
  expect(stdout).toBe(`Usage: tsbuild images [OPTIONS]

List the images of the store

Options:
      --no-trunc      show digests in full
  -q, --quiet         show digests only
      --root FOLDER   the store (default $TSBUILD_ROOT)
  -h, --help          show this help
`);
  expect((await run('help', 'images')).stdout).toBe(stdout);
  expect((await run('images', '-h')).stdout).toBe(stdout);
});

test.each([
  [['biuld', '.'], 'unknown command: biuld', 'did you mean build?'],
  [['--verison'], 'unknown flag: --verison', 'tsbuild --help lists the commands'],
  [
    ['build'],
    'tsbuild build needs exactly one argument, PATH; got none',
    'to use the working directory: tsbuild build .',
  ],
  [['build', '.', 'x y'], 'tsbuild build needs exactly one argument, PATH; got 2: "." "x y"', undefined],
  [['build', '--tagg', 'a', '.'], 'unknown flag: --tagg', 'did you mean --tag?'],
  [['build', '--network=bridge', '.'], 'invalid value "bridge" for --network', 'expected default, host, none'],
  [
    ['build', '--platform', 'linux/amd64,linux/arm64', '-o', 'type=docker,dest=image.tar', '.'],
    'an output of type docker holds one platform, and the build is for linux/amd64, linux/arm64',
    'build one platform, or use type=oci, registry or image',
  ],
  [['images', 'a'], 'tsbuild images takes no arguments, got "a"', undefined],
  [['inspect'], 'tsbuild inspect needs at least one argument, IMAGE', undefined],
])('%j is wrong usage', async (args, message, hint) => {
  await expect(run(...args)).rejects.toMatchObject({ code: 'ERR_TSBUILD_USAGE', message, hint });
});
