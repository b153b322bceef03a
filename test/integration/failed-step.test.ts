import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { type Builder, build, createBuilder, type FailedStep } from '@tsbuild/engine';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { processesWith } from '../support/processes.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { TSBUILD_COMMAND, tsbuild } from '../support/tsbuild.ts';
import { openTypedTerminal } from '../support/typed-terminal.ts';
import { waitFor } from '../support/wait-for.ts';

const DOCKERFILE = `FROM busybox
ENV COLOUR=red
WORKDIR /work
COPY input .
RUN --mount=type=bind,source=input,target=/mounted --mount=type=cache,target=/cache \\
  cp input half-done && rm input && echo cached > /cache/kept && exit 3
`;

describe('a RUN step that failed', () => {
  let folder: TempFolder;
  let root: string;
  let builder: Builder;
  const context = { files: { input: 'the input\n' } };

  beforeAll(async () => {
    folder = await openTempFolder();
    root = folder.file('store');
    if (!hasPart('root') || !hasPart('busybox')) return;
    builder = await createBuilder({ root });
    await saveBusybox(builder);
  });
  afterAll(async () => {
    await builder?.[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const testRun = testWith('root', 'busybox');

  testRun('is handed over with its root, as the command left it', async () => {
    const seen: unknown[] = [];
    const onError = async (failure: FailedStep) => {
      seen.push(failure.label, failure.error.exitCode);
      const command = 'echo $COLOUR $PWD; cat half-done /mounted /cache/kept; ls input; echo later > more';
      seen.push(await failure.run(command));
      const tree = await failure.tree();
      seen.push(String(await tree.read('/work/half-done')), String(await tree.read('/work/more')));
      seen.push(tree.lookup('work/input'));
      seen.push((await failure.run(['cat'], { stdin: 'typed', cwd: '/' })).stdout);
      seen.push((await failure.run('cat /work/more; exit 7')).exitCode);
    };
    const failed = builder.build({ context, dockerfile: DOCKERFILE, onError });
    await expect(failed).rejects.toMatchObject({ code: 'ERR_TSBUILD_EXEC', exitCode: 3 });
    expect(seen).toEqual([
      '[4/4] RUN --mount=type=bind,source=input,target=/mounted --mount=type=cache,target=/cache   cp input half-done && rm input && echo cached > /cache/kept && exit 3',
      3,
      {
        exitCode: 0,
        stdout: 'red /work\nthe input\nthe input\ncached\n',
        stderr: 'ls: input: No such file or directory\n',
      },
      'the input\n',
      'later\n',
      undefined,
      'typed',
      7,
    ]);
  });

  testRun('ends everything else of the build first, and only the first failure is shown', async () => {
    const dockerfile = `FROM busybox AS slow
RUN sleep 98721
FROM busybox AS other
RUN sleep 0.3; exit 4
FROM busybox
COPY --from=slow / /
COPY --from=other / /
`;
    const calls: string[] = [];
    const statuses: string[] = [];
    const failed = builder.build({
      context,
      dockerfile,
      onEvent: (event) => {
        if (event.type === 'step-finished') statuses.push(event.status);
      },
      onError: async ({ name }) => {
        calls.push(name);
        await waitFor('the end of the others', async () =>
          (await processesWith('98721')).length === 0 ? true : undefined,
        );
      },
    });
    await expect(failed).rejects.toMatchObject({ exitCode: 4 });
    expect(calls).toEqual(['RUN sleep 0.3; exit 4']);
    expect(statuses.sort()).toEqual(['cached', 'cached', 'cached', 'cancelled', 'failed']);
  });

  testRun('is gone afterwards, and what the callback throws fails the build', async () => {
    let kept: FailedStep | undefined;
    const onError = (failure: FailedStep) => {
      kept = failure;
      throw new Error('an assertion');
    };
    const dockerfile = 'FROM busybox\nRUN false\n';
    await expect(builder.build({ context, dockerfile, onError })).rejects.toThrow('an assertion');
    await expect(kept?.run('true')).rejects.toThrow('the root of a failed step is gone');
    await expect(kept?.tree()).rejects.toThrow('the root of a failed step is gone');
  });

  testRun('an abort ends the callback and what runs for it', async () => {
    const controller = new AbortController();
    const onError = async ({ run }: FailedStep) => {
      const running = run('sleep 98722');
      running.catch(() => undefined);
      await waitFor('the command', async () => ((await processesWith('98722')).length > 0 ? true : undefined));
      controller.abort(new Error('enough'));
      await new Promise(() => undefined);
    };
    const dockerfile = 'FROM busybox\nRUN false\n';
    const { signal } = controller;
    await expect(builder.build({ context, dockerfile, onError, signal })).rejects.toThrow('enough');
    expect(await processesWith('98722')).toEqual([]);
  });

  testRun('leaves nothing in the store', async () => {
    const dockerfile = 'FROM busybox\nRUN echo x > /x; false\n';
    const blobs = await readdir(`${root}/blobs/sha256`);
    const onError = async (failure: FailedStep) => void (await failure.tree());
    await expect(builder.build({ context, dockerfile, onError })).rejects.toThrow('exit code: 1');
    expect(await readdir(`${root}/blobs/sha256`)).toEqual(blobs);
  });

  testRun('in the finished image of another build, tests run commands', async () => {
    const dockerfile = 'FROM busybox\nENV NAME=world\nWORKDIR /w\nENTRYPOINT ["sh", "-c"]\n';
    const { image } = await build({ root, context, dockerfile, tags: ['hello'] });
    const command = 'echo hello $NAME; pwd >&2; exit 5';
    expect(await image.run([command])).toEqual({ exitCode: 5, stdout: 'hello world\n', stderr: '/w\n' });
    expect((await image.run(['cat'], { stdin: 'bytes', entrypoint: [] })).stdout).toBe('bytes');
    const stored = await builder.image('hello');
    expect((await stored.run(['id -u'], { user: '12' })).stdout).toBe('12\n');
    const loud = image.run(['yes'], { maxOutputBytes: 1000 });
    await expect(loud).rejects.toMatchObject({ code: 'ERR_TSBUILD_TOO_LARGE' });
    await expect(image.run([], { entrypoint: [] })).rejects.toThrow('no command to run');
    const timedOut = await image.run(['sleep 98723'], { timeoutMs: 200 });
    expect(timedOut.exitCode).toBe(137);
  });

  testWith(
    'root',
    'busybox',
    'script',
  )('--on-error=shell opens a shell in it', async () => {
    const project = folder.file('project');
    await mkdir(project);
    await writeFile(`${project}/input`, 'the input\n');
    await writeFile(`${project}/Dockerfile`, DOCKERFILE);
    const command = `${process.execPath} ${TSBUILD_COMMAND} build --on-error=shell --root ${root} ${project}`;
    await using terminal = openTypedTerminal(command, { NO_COLOR: '1' });
    await terminal.sees(
      'failed with status 3\r\nthis is a shell in its root file system; exit ends it and the build\r\n',
    );
    await terminal.sees('/work # ');
    terminal.type('cat half-done; echo $COLOUR; sleep 1000\r');
    await terminal.sees('the input\r\nred\r\n');
    terminal.type('\x03');
    await terminal.sees('/work # ');
    terminal.type('exit\r');
    await terminal.sees('did not complete successfully: exit code: 3 (ERR_TSBUILD_EXEC)');
    expect(await terminal.ended).toBe(1);
  });

  testRun('--on-error=shell without a terminal is refused before anything is built', async () => {
    expect(await tsbuild(root, ['build', '--on-error=shell', '.'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: --on-error=shell needs a terminal, as standard input and as standard output (ERR_TSBUILD_USAGE)\nhint: start tsbuild in a terminal, or debug with the API: build({ onError })\n',
    });
    expect((await tsbuild(root, ['build', '--on-error=continue', '.'])).exitCode).toBe(2);
  });
});
