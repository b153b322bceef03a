import { PassThrough } from 'node:stream';
import { hostPlatform } from '@tsbuild/core';
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
  for (const args of [['--version'], ['-v']]) {
    expect(await run(...args)).toEqual({ exitCode: 0, stdout: `tsbuild ${readVersion()}\n` });
  }
});

test("`version` has the fields of Docker's client, and no server", async () => {
  const [Version, NodeVersion, Os] = [readVersion(), process.version, process.platform];
  const { architecture: Arch } = hostPlatform();
  expect((await run('version')).stdout).toBe(
    `Client: tsbuild\n Version:  ${Version}\n Node:     ${NodeVersion}\n OS/Arch:  ${Os}/${Arch}\n`,
  );
  expect(JSON.parse((await run('version', '--format', 'json')).stdout ?? '')).toEqual({
    Client: { Name: 'tsbuild', Version, NodeVersion, Os, Arch },
    Server: null,
  });
  expect((await run('version', '-f', '{{.Client.Version}} {{.Client.Arch}}')).stdout).toBe(`${Version} ${Arch}\n`);
});

test('the help lists the commands', async () => {
  const { stdout } = await run('--help');
  expect(stdout).toBe(`Usage: tsbuild COMMAND

Builds container images from Dockerfiles, in process: no daemon, no privilege until a RUN step needs one.

Commands:
  bake         Build many images from Compose or bake files
  build        Build an image from a Dockerfile
  builds       List, inspect and remove the records of past builds
  completion   Print what makes a shell complete the command line
  doctor       Say what this machine can do, and what would make it do more
  du           Show what the store holds
  history      Show the steps that made an image
  images       List the images of the store
  import       Make an image of the archive of a root file system
  inspect      Print the configuration of images as JSON
  load         Take the images of an archive into the store
  login        Log in to a registry
  logout       Forget the login to a registry
  prune        Remove what the store can do without
  pull         Fetch an image from its registry
  push         Send an image to its registry
  rmi          Remove images from the store
  run          Run a command in an image; nothing of it is kept
  save         Write images to an archive
  store        Verify or remove the store
  tag          Give an image one more name
  version      Print the version

Run 'tsbuild COMMAND --help' for the flags of a command.
`);
  expect((await run()).stdout).toBe(stdout);
});

test('the help of a command lists its flags, however it is asked for', async () => {
  const { stdout } = await run('tag', '--help');
  expect(stdout).toBe(`Usage: tsbuild tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]

Give an image one more name

Options:
      --root FOLDER   the store (default $TSBUILD_ROOT)
  -h, --help          show this help
`);
  expect((await run('help', 'tag')).stdout).toBe(stdout);
  expect((await run('tag', '-h')).stdout).toBe(stdout);
});

test.each([
  [['biuld', '.'], 'unknown command: biuld', 'did you mean build?'],
  [['--verison'], 'unknown flag: --verison', 'tsbuild --help lists the commands'],
  [
    ['build'],
    'tsbuild build needs exactly one argument, PATH; got none',
    'to use the working directory: tsbuild build .',
  ],
  [
    ['build', '.', 'x y'],
    'tsbuild build needs exactly one argument, PATH; got 2: "." "x y"',
    'put an argument with spaces in quotes',
  ],
  [['build', '--tagg', 'a', '.'], 'unknown flag: --tagg', 'did you mean --tag?'],
  [['build', '--network=bridge', '.'], 'invalid value "bridge" for --network', 'expected default, host, none'],
  [
    ['build', '--platform', 'linux/amd64,linux/arm64', '-o', 'type=docker,dest=image.tar', '.'],
    'an output of type docker holds one platform, and the build is for linux/amd64, linux/arm64',
    'build one platform, or use type=oci, registry or image',
  ],
  [['images', 'a', 'b'], 'tsbuild images takes at most one argument, REPOSITORY[:TAG]', undefined],
  [
    ['image', 'lss'],
    'unknown command: image lss',
    'there are build, history, import, inspect, list, load, ls, prune, pull, push, remove, rm, save, tag',
  ],
  [['image', 'ls', '--tree'], 'unknown flag: --tree', undefined],
  [['tag', 'a'], 'tsbuild tag needs exactly two arguments, SOURCE and TARGET; got 1', undefined],
  [['inspect'], 'tsbuild inspect needs at least one argument, IMAGE', undefined],
])('%j is wrong usage', async (args, message, hint) => {
  await expect(run(...args)).rejects.toMatchObject({ code: 'ERR_TSBUILD_USAGE', message, hint });
});
