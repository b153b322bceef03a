import { chmod, writeFile } from 'node:fs/promises';
import { type Builder, createBuilder } from '@tsbuild/engine';
import { describe, expect } from 'vitest';
import { mustRun } from '../support/command.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

const DOCKERFILE = 'FROM scratch\nCOPY . /app/\n';

/** A repository, and a checkout of it under each umask. */
async function checkouts(folder: TempFolder, umasks: readonly string[]): Promise<string[]> {
  const origin = folder.file('origin');
  await mustRun(['git', 'init', '-q', origin]);
  await writeFile(`${origin}/Dockerfile`, DOCKERFILE);
  await writeFile(`${origin}/run.sh`, '#!/bin/sh\n');
  await chmod(`${origin}/run.sh`, 0o755);
  await mustRun(['mkdir', `${origin}/sub`]);
  await writeFile(`${origin}/sub/text`, 'text\n');
  await writeFile(`${origin}/.dockerignore`, '.git\n');
  const git = ['git', '-C', origin, '-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  await mustRun([...git, 'add', '.']);
  await mustRun([...git, 'commit', '-qm', 'first']);
  for (const umask of umasks) {
    await mustRun(['sh', '-c', `umask ${umask} && git clone -q "$0" "$1"`, origin, folder.file(umask)]);
  }
  return umasks.map((umask) => folder.file(umask));
}

async function modesIn(builder: Builder, context: string): Promise<Record<string, string>> {
  const { image } = await builder.build({ context, modes: 'git' });
  const tree = await image.tree();
  const paths = ['app', 'app/Dockerfile', 'app/run.sh', 'app/sub', 'app/sub/text'];
  return Object.fromEntries(paths.map((path) => [path, (tree.lookup(path)?.mode ?? 0).toString(8)]));
}

const GIT_MODES = {
  app: '755',
  'app/Dockerfile': '644',
  'app/run.sh': '755',
  'app/sub': '755',
  'app/sub/text': '644',
};

describe('checkouts of one commit under other umasks', () => {
  testWith('git')('are different contexts, and the reason names the mode', async () => {
    await using folder = await openTempFolder();
    const [first = '', second = ''] = await checkouts(folder, ['022', '077']);
    await using builder = await createBuilder({ root: folder.file('store') });
    await builder.build({ context: first });

    const { steps } = await builder.build({ context: second });

    expect(steps[0]?.because).toMatchObject({
      kind: 'input-changed',
      details: [
        { path: '.dockerignore', what: 'mode', from: '0644', to: '0600' },
        { path: 'Dockerfile', what: 'mode', from: '0644', to: '0600' },
        { path: 'run.sh', what: 'mode', from: '0755', to: '0700' },
        { path: 'sub', what: 'mode', from: '0755', to: '0700' },
        { path: 'sub/text', what: 'mode', from: '0644', to: '0600' },
      ],
    });
  });

  testWith('git')('are the same with the modes of git, and so are their layers', async () => {
    await using folder = await openTempFolder();
    const [first = '', ...others] = await checkouts(folder, ['022', '002', '077']);
    await using builder = await createBuilder({ root: folder.file('store') });
    expect(await modesIn(builder, first)).toEqual(GIT_MODES);

    for (const context of others) {
      const { steps } = await builder.build({ context, modes: 'git' });
      expect(steps.map(({ status }) => status)).toEqual(['cached']);
      await using elsewhere = await createBuilder({ root: `${context}.store` });
      expect(await modesIn(elsewhere, context)).toEqual(GIT_MODES);
    }
  });

  testWith('git')('are the same to the command with --modes=git', async () => {
    await using folder = await openTempFolder();
    const [first = '', second = ''] = await checkouts(folder, ['022', '077']);
    const root = folder.file('store');
    await mustTsbuild(root, ['build', '--modes=git', first]);

    const { stdout } = await mustTsbuild(root, ['build', '--dry-run', '--modes', 'git', second]);

    expect(stdout).toMatch(/^CACHED .* COPY \. \/app\/\n/);
  });
});
