import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createBuilder } from '@tsbuild/engine';
import { startRegistry } from '@tsbuild/registry/server';
import { describe, expect, test } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { mustRun } from '../support/command.ts';
import { testWith } from '../support/parts.ts';
import { freePort } from '../support/service.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { tsbuild } from '../support/tsbuild.ts';

interface BadInput {
  readonly title: string;
  /** The build context, Dockerfile included. */
  readonly files: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly exitCode?: number;
  /** Words that the answer must hold, in this order. */
  readonly says: readonly string[];
}

const CASES: readonly BadInput[] = [
  {
    title: 'an unknown instruction, with the nearest right one',
    files: { Dockerfile: 'FROM scratch\n\nCOPPY a /\n' },
    says: ['Dockerfile:3', '>> 3 | COPPY a /', 'unknown instruction: COPPY', 'did you mean COPY?'],
  },
  {
    title: 'CMD without the space before its list',
    files: { Dockerfile: 'FROM scratch\nCMD["a"]\n' },
    says: ['Dockerfile:2', 'unknown instruction: CMD["a"]', 'put a space after CMD'],
  },
  {
    title: 'a misspelt source file',
    files: { Dockerfile: 'FROM scratch\nCOPY src/man.ts /\n', 'src/main.ts': '' },
    says: ['Dockerfile:2', '"/src/man.ts" not found in the build context', 'did you mean src/main.ts?'],
  },
  {
    title: 'a source file of another letter case',
    files: { Dockerfile: 'FROM scratch\nCOPY readme.md /\n', 'README.md': '' },
    says: ['Dockerfile:2', '"/readme.md" not found', 'did you mean README.md?'],
  },
  {
    title: 'a source outside of the context',
    files: { Dockerfile: 'FROM scratch\nCOPY ../other /\n' },
    says: ['Dockerfile:2', '"/other" not found in the build context', 'choose a folder above as the context'],
  },
  {
    title: 'a source below a folder that is not there',
    files: { Dockerfile: 'FROM scratch\nCOPY nowhere/deep/a.txt /\n', 'app/b.txt': '' },
    says: ['Dockerfile:2', '"/nowhere/deep/a.txt" not found', 'the build context has Dockerfile, app'],
  },
  {
    title: 'a misspelt file of a stage',
    files: {
      Dockerfile: 'FROM scratch AS build\nCOPY a.txt /out/\nFROM scratch\nCOPY --from=build /out/b.txt /\n',
      'a.txt': '',
    },
    says: ['Dockerfile:4', '"/out/b.txt" not found in the build', 'did you mean out/a.txt?'],
  },
  {
    title: 'ENV without a value',
    files: { Dockerfile: 'FROM scratch\nENV NAME\n' },
    says: ['Dockerfile:2', 'ENV must have two arguments', 'ENV name=value'],
  },
  {
    title: 'an entitlement that was not given',
    files: { Dockerfile: 'FROM scratch\nRUN --network=host --security=insecure x\n' },
    args: ['--allow', 'network.host'],
    says: ['Dockerfile:2', 'security.insecure is not allowed', '--allow security.insecure'],
  },
  {
    title: 'a missing source file',
    files: { Dockerfile: 'FROM scratch\nCOPY nope.txt /\n' },
    says: ['Dockerfile:2', 'nope.txt', 'not found'],
  },
  {
    title: 'a source file that the ignore file hides',
    files: { Dockerfile: 'FROM scratch\nCOPY a.log /\n', 'a.log': '', '.dockerignore': '*.txt\n*.log\n' },
    says: ['Dockerfile:2', '"a.log" is excluded', 'by .dockerignore:2 "*.log"', '!a.log'],
  },
  {
    title: 'an unknown target stage',
    files: { Dockerfile: 'FROM scratch AS build\nCOPY Dockerfile /\n' },
    args: ['--target', 'biuld'],
    says: ['biuld', 'build'],
  },
  {
    title: 'a variable that must be set',
    files: { Dockerfile: 'FROM scratch\nCOPY ${SOURCE:?give the source} /\n' },
    says: ['Dockerfile:2', 'SOURCE', 'give the source'],
  },
  {
    title: 'no Dockerfile',
    files: { 'a.txt': '' },
    says: ['Dockerfile'],
  },
  {
    title: 'an unknown flag',
    files: { Dockerfile: 'FROM scratch\n' },
    args: ['--tga', 'x'],
    exitCode: 2,
    says: ['--tga', '--tag'],
  },
  {
    title: 'a malformed tag',
    files: { Dockerfile: 'FROM scratch\n' },
    args: ['-t', 'App:1'],
    says: ['App:1', 'lower case'],
  },
];

describe('bad input is answered with the thing and the line, and leaves no output', () => {
  test.each(CASES)('$title', async ({ files, args, exitCode, says }) => {
    await using folder = await openTempFolder();
    await expectAnswer(folder, files, args ?? [], exitCode ?? 1, says);
  });

  test('a registry that does not answer', async () => {
    await using folder = await openTempFolder();
    const host = `127.0.0.1:${await freePort()}`;

    await expectAnswer(folder, { Dockerfile: `FROM ${host}/team/base:1\n` }, [], 1, ['Dockerfile:1', host]);
  });

  test('an image that its registry does not have', async () => {
    await using folder = await openTempFolder();
    await using registry = await startRegistry();
    const name = `${registry.host}/team/base:1`;

    await expectAnswer(folder, { Dockerfile: `FROM ${name}\n` }, [], 1, ['Dockerfile:1', name, 'not found']);
  });

  test('an output where nobody may write', async () => {
    await using folder = await openTempFolder();
    await writeContext(folder, { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' });
    const args = ['build', '-o', 'type=oci,dest=/sys/kernel/app.tar', folder.file('context')];

    const { exitCode, stderr } = await tsbuild(folder.file('store'), args);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('/sys/kernel/app.tar');
    expectNoStack(stderr);
  });

  testWith('root')('a full disk', async () => {
    await using folder = await openTempFolder();
    await using tiny = await mountTmpfs(folder.file('tiny'), '2m');
    await mkdir(folder.file('context'));
    await mustRun(['dd', 'if=/dev/urandom', `of=${folder.file('context', 'big')}`, 'bs=1M', 'count=8', 'status=none']);
    await writeContext(folder, { Dockerfile: 'FROM scratch\nCOPY big /\n' });

    const { exitCode, stderr } = await tsbuild(`${tiny.path}/store`, ['build', folder.file('context')]);

    expect(exitCode).toBe(1);
    expectWords(stderr, ['no space left', '--root']);
    expectNoStack(stderr);
  });

  testWith('root', 'busybox')('a command that fails, with the end of its output', async () => {
    await using folder = await openTempFolder();
    await using builder = await createBuilder({ root: folder.file('store') });
    await saveBusybox(builder);
    const files = { Dockerfile: 'FROM busybox\nRUN echo before && \\\n    sh -c "echo broken >&2; exit 42"\n' };

    await expectAnswer(folder, files, [], 1, ['Dockerfile:2', '>> 2 | RUN echo before', 'exit code: 42']);
    const { stderr } = await tsbuild(folder.file('store'), ['build', folder.file('context')]);
    expect(stderr).toContain('broken');
  });
});

/** Builds `files` with an archive as output and expects the answer, and no trace of the archive. */
async function expectAnswer(
  folder: TempFolder,
  files: BadInput['files'],
  args: readonly string[],
  exitCode: number,
  says: readonly string[],
): Promise<void> {
  await writeContext(folder, files);
  await mkdir(folder.file('out'));
  const output = ['-o', `type=oci,dest=${folder.file('out', 'app.tar')}`];

  const result = await tsbuild(folder.file('store'), ['build', ...output, ...args, folder.file('context')]);

  expectWords(result.stderr, says);
  expectNoStack(result.stderr);
  expect(result.exitCode).toBe(exitCode);
  expect(await readdir(folder.file('out'))).toEqual([]);
}

function expectWords(text: string, words: readonly string[]): void {
  for (const word of words) expect(text).toContain(word);
}

function expectNoStack(text: string): void {
  expect(text).not.toMatch(/^ {4}at /m);
}

async function writeContext(folder: TempFolder, files: BadInput['files']): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(folder.file('context', path)), { recursive: true });
    await writeFile(folder.file('context', path), content);
  }
}

async function mountTmpfs(path: string, size: string): Promise<AsyncDisposable & { readonly path: string }> {
  await mkdir(path);
  await mustRun(['mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await mustRun(['umount', '--lazy', path]);
    },
  };
}
