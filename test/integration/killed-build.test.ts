import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createBuilder } from '@tsbuild/engine';
import { expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { testWith } from '../support/parts.ts';
import { mountsOf, processesWith } from '../support/processes.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import { mustTsbuild } from '../support/tsbuild.ts';
import { waitFor } from '../support/wait-for.ts';

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/tsbuild.js', import.meta.url));

testWith('root', 'busybox')(
  'a build killed in the middle of a RUN leaves nothing mounted, no process and a good store',
  async () => {
    await using folder = await openTempFolder();
    const store = folder.file('store');
    const seconds = String(100_000 + process.pid);
    await using builder = await createBuilder({ root: store });
    await saveBusybox(builder);
    await writeFile(
      folder.file('Dockerfile'),
      `FROM busybox\nRUN echo one > /one\nARG SECONDS\nRUN echo two > /two; sleep $SECONDS\n`,
    );

    const build = spawn(process.execPath, [COMMAND, 'build', '--build-arg', `SECONDS=${seconds}`, folder.path], {
      env: { ...process.env, TSBUILD_ROOT: store },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => build.once('exit', (_, signal) => resolve(signal)));
    await waitFor('the RUN has started', async () => ((await processesWith(seconds)).length > 0 ? true : undefined));
    build.kill('SIGKILL');

    expect(await ended).toBe('SIGKILL');
    await waitFor('the RUN is gone', async () => ((await processesWith(seconds)).length === 0 ? true : undefined));
    await waitFor('every mount is gone', async () => ((await mountsOf(store)).length === 0 ? true : undefined));
    const { stderr } = await mustTsbuild(store, [
      'build',
      '--progress=plain',
      '--build-arg',
      'SECONDS=0',
      '-t',
      'app',
      folder.path,
    ]);
    expect(stderr).toMatch(/RUN echo one > \/one\n#\d+ CACHED/);
    const tree = await (await builder.image('app')).tree();
    expect(String(await tree.read('two'))).toBe('two\n');
  },
);
