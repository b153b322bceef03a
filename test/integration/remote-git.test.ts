import { readdir, rm } from 'node:fs/promises';
import { type BuildOptions, createBuilder, type PolicySource, type PolicyVerdict } from '@tsbuild/engine';
import { expect } from 'vitest';
import { mustRun } from '../support/command.ts';
import { GIT_PARTS, makeRepository, startGitServer } from '../support/git-server.ts';
import { startLoopbackServer } from '../support/loopback-server.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

const gitTest = testWith(...GIT_PARTS);
const APP = {
  Dockerfile: 'FROM scratch\nCOPY a.txt /\n',
  'a.txt': 'one',
  'sub/Dockerfile': 'FROM scratch\nCOPY b.txt /\n',
  'sub/Other': 'FROM scratch\nCOPY sub/b.txt /\n',
  'sub/b.txt': 'two',
};

gitTest('a repository is the context: its branch, tag, commit and folder', async () => {
  await using folder = await openTempFolder();
  const commit = await makeRepository(folder.file('git/app.git'), APP);
  const git = (...args: string[]) => mustRun(['git', '-C', folder.file('git/app.git'), ...args]);
  await git('tag', 'v1');
  await using server = await startGitServer(folder.file('git'));
  const url = server.url('/app.git');

  const root = await builtFile(folder, { context: url }, 'a.txt');
  expect(root).toBe('one');
  for (const ref of ['#main', '#v1', '#refs/heads/main', `#${commit}`, `?ref=v1&commit=${commit}`, '?branch=main'])
    expect([ref, await builtFile(folder, { context: `${url}${ref}` }, 'a.txt')]).toEqual([ref, 'one']);
  for (const ref of ['#main:sub', '#:sub', '?subdir=sub'])
    expect([ref, await builtFile(folder, { context: `${url}${ref}` }, 'b.txt')]).toEqual([ref, 'two']);
  expect(await leftovers(folder)).toEqual([]);
});

gitTest('the command builds a repository, and takes one as a named context', async () => {
  await using folder = await openTempFolder();
  await makeRepository(folder.file('git/app.git'), APP);
  await using server = await startGitServer(folder.file('git'));
  const build = async (args: readonly string[], input = '') =>
    (await mustTsbuild(folder.file('store'), ['build', '-q', ...args], { input })).stdout.trim();

  expect(await build([`${server.url('/app.git')}#main`])).toMatch(/^sha256:/);
  expect(await build(['-f', 'sub/Other', `${server.url('/app.git')}#main`])).toMatch(/^sha/);
  const dockerfile = 'FROM scratch\nCOPY --from=app a.txt /\n';
  expect(await build(['--build-context', `app=${server.url('/app.git')}`, '-'], dockerfile)).toMatch(/^sha256:/);
});

gitTest('ADD of a repository checks the commit and leaves .git out', async () => {
  await using folder = await openTempFolder();
  const commit = await makeRepository(folder.file('git/app.git'), APP);
  await using server = await startGitServer(folder.file('git'));
  const add = (flags: string) => ({
    context: { files: {} },
    dockerfile: `FROM scratch\nADD ${flags} ${server.url('/app.git')} /src/\n`,
  });

  expect(await builtFile(folder, add(`--checksum=${commit}`), 'src/sub/b.txt')).toBe('two');
  expect(await builtFile(folder, add('--keep-git-dir=true'), 'src/.git/HEAD')).toContain(commit);
  expect(await failure(folder, add(`--checksum=${'1'.repeat(40)}`))).toMatchObject({
    code: 'ERR_TSBUILD_DIGEST_MISMATCH',
    message: expect.stringContaining(`expected commit ${'1'.repeat(40)}, got a repository without it`),
    range: { start: { line: 2 } },
  });
  expect(await leftovers(folder)).toEqual([]);
});

gitTest('submodules come with their repository', async () => {
  await using folder = await openTempFolder();
  await makeRepository(folder.file('git/lib.git'), { 'lib.txt': 'lib' });
  await using server = await startGitServer(folder.file('git'));
  const add = `git submodule --quiet add ${server.url('/lib.git')} vendor/lib`;
  const dockerfile = 'FROM scratch\nCOPY vendor /vendor\n';
  await makeRepository(folder.file('git/app.git'), { Dockerfile: dockerfile }, add);

  expect(await builtFile(folder, { context: server.url('/app.git') }, 'vendor/lib/lib.txt')).toBe('lib');
});

gitTest('a policy is asked for each submodule, with its commit, before it is fetched', async () => {
  await using folder = await openTempFolder();
  await using server = await startGitServer(folder.file('git'));
  const deep = await makeRepository(folder.file('git/deep.git'), { 'deep.txt': 'deep' });
  const lib = await makeRepository(
    folder.file('git/lib.git'),
    { 'lib.txt': 'lib' },
    `git submodule --quiet add --name other ${server.url('/deep.git')} "a folder"`,
  );
  await makeRepository(
    folder.file('git/app.git'),
    { Dockerfile: 'FROM scratch\nCOPY vendor /vendor\n' },
    `git submodule --quiet add ${server.url('/lib.git')} vendor/lib`,
  );
  await mustRun(['git', 'clone', '-q', '--bare', folder.file('git/deep.git'), folder.file('git/mirror.git')]);
  const asked: unknown[] = [];
  const policyOf = (verdict: PolicyVerdict) => ({
    context: server.url('/app.git'),
    policy: ({ kind, identifier, attributes }: PolicySource): PolicyVerdict => {
      asked.push([kind, identifier, attributes['git.checksum']]);
      return identifier.endsWith('/deep.git') ? verdict : { allow: true };
    },
  });

  const file = 'vendor/lib/a folder/deep.txt';
  expect(await builtFile(folder, policyOf({ allow: true }), file)).toBe('deep');
  const place = server.url('').replace('http:', 'git:');
  expect(asked).toEqual([
    ['git', `${place}/app.git`, undefined],
    ['git', `${place}/lib.git`, lib],
    ['git', `${place}/deep.git`, deep],
  ]);
  expect(await builtFile(folder, policyOf({ pin: deep }), file)).toBe('deep');
  expect(await failure(folder, policyOf({ pin: lib }))).toMatchObject({
    code: 'ERR_TSBUILD_SOURCE_DENIED',
    message: expect.stringContaining(`it is pinned to ${lib}, and its checksum says ${deep}`),
  });
  await rm(folder.file('git/deep.git'), { recursive: true });
  expect((await failure(folder, policyOf({ deny: true }))).message).toBe(
    `repository "${server.url('/deep.git')}" is denied by the policy: no reason is given`,
  );
  expect(await builtFile(folder, policyOf({ replace: `${place}/mirror.git` }), file)).toBe('deep');
});

gitTest('a private repository opens with the token that a secret holds, which no log shows', async () => {
  await using folder = await openTempFolder();
  await makeRepository(folder.file('git/app.git'), APP);
  const password = `Basic ${Buffer.from('x-access-token:t0ken').toString('base64')}`;
  await using server = await startGitServer(folder.file('git'), password);
  const context = server.url('/app.git');

  const secrets = { GIT_AUTH_TOKEN: { value: 't0ken\n' } };
  expect(await builtFile(folder, { context, secrets }, 'a.txt')).toBe('one');
  const refused = await failure(folder, { context, secrets: { GIT_AUTH_TOKEN: { value: 'wr0ng' } } });
  expect(refused.message).toContain(`cannot fetch ${context}`);
  expect(refused.message).not.toContain('wr0ng');
  expect(await leftovers(folder)).toEqual([]);
});

gitTest('what is wrong with a repository is said once, and nothing is left', async () => {
  await using folder = await openTempFolder();
  const steps = ['ln -s /etc outside', 'ln -s ../../.. up', 'ln -s sub inside'];
  await makeRepository(folder.file('git/app.git'), APP, ...steps);
  await using server = await startGitServer(folder.file('git'));
  const url = server.url('/app.git');
  const cases: readonly (readonly [string, string])[] = [
    [server.url('/none.git'), `cannot fetch ${server.url('/none.git')}`],
    [`${url}#nope`, `cannot fetch ${url}#nope: fatal: couldn't find remote ref nope`],
    [`${url}#main:nowhere`, 'folder "nowhere" not found in'],
    [`${url}#main:../x`, 'points outside of the repository'],
    [`${url}#main:outside`, 'folder "outside" not found in'],
    [`${url}#main:outside/ssl`, 'folder "outside/ssl" not found in'],
    [`${url}#main:up/..`, 'points outside of the repository'],
    [`${url}#main:a.txt`, 'folder "a.txt" not found in'],
    [`${url}#--upload-pack=id`, 'invalid git ref "--upload-pack=id"'],
  ];

  for (const [context, says] of cases) {
    const { message } = await failure(folder, { context });
    expect([context, message]).toEqual([context, expect.stringContaining(says)]);
  }
  expect(await leftovers(folder)).toEqual([]);
});

gitTest('a link of the repository that leads outside copies nothing of this machine', async () => {
  await using folder = await openTempFolder();
  const dockerfile = 'FROM scratch\nCOPY etc/hostname /\n';
  await makeRepository(folder.file('git/app.git'), { Dockerfile: dockerfile }, 'ln -s /etc etc');
  await using server = await startGitServer(folder.file('git'));

  expect(await failure(folder, { context: server.url('/app.git') })).toMatchObject({
    code: 'ERR_TSBUILD_SOURCE_NOT_FOUND',
  });
});

gitTest('a git server that falls silent is not waited for', async () => {
  await using folder = await openTempFolder();
  await using server = await startLoopbackServer((_, response) => response.write('001e# service'));

  const { message } = await failure(folder, { context: server.url('/app.git') });

  expect(message).toContain(`cannot fetch ${server.url('/app.git')}`);
  expect(await leftovers(folder)).toEqual([]);
});

async function builtFile(folder: TempFolder, options: BuildOptions, path: string): Promise<string> {
  await using builder = await createBuilder({ root: folder.file('store') });
  const { image } = await builder.build(options);
  return (await (await image.tree()).read(path)).toString();
}

interface Failure {
  readonly code: string;
  readonly message: string;
}

async function failure(folder: TempFolder, options: BuildOptions): Promise<Failure> {
  await using builder = await createBuilder({ root: folder.file('store'), downloads: { idleTimeoutMs: 1000 } });
  return builder.build(options).then(
    () => {
      throw new Error('expected the build to fail');
    },
    (error) => error,
  );
}

async function leftovers(folder: TempFolder): Promise<string[]> {
  const entries = await readdir(folder.file('store', 'tmp'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
